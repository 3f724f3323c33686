import type { SipRequest, SipResponse } from '../message/message.ts';
import type { RequestHandlers } from '../user-agent/client-request.ts';
import type { SentAck } from './acknowledging.ts';
import type { Session } from './session.ts';

/** The ACK of the dialog with this To tag. */
export interface ForkAck {
  readonly tag: string;
  readonly ack: SentAck;
}

/** What late answers need of the invitation that they come to. */
export interface LateAnswersParts {
  /** The ACK of each dialog that was accepted. */
  readonly acks: readonly ForkAck[];
  /** Takes the 2xx of another fork: its dialog is made and acknowledged. */
  readonly accept: (response: SipResponse, sent: SipRequest) => Session;
}

/**
 * Hears of what still comes to an INVITE that was accepted: a 2xx that is repeated gets its ACK again, one of another
 * fork gets ACK and BYE (RFC 3261 §13.2.2.4). It stands for the invitation, which need not be kept for that.
 */
export function lateAnswers({ acks, accept }: LateAnswersParts): Pick<RequestHandlers, 'final'> {
  let known = acks;
  return {
    final(response, sent) {
      if (response.status >= 300) return;
      const tag = response.to?.tag ?? '';
      const repeated = known.find(each => each.tag === tag);
      if (repeated !== undefined) {
        repeated.ack.again();
        return;
      }
      const session = accept(response, sent);
      session.bye();
      const ack = session.acknowledging.ackOf(sent);
      if (ack !== undefined) known = known.concat({ tag, ack });
    },
  };
}
