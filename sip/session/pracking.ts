import type { RAck } from '../header/rack.ts';
import type { SipResponse } from '../message/message.ts';
import type { SessionCore } from './core.ts';
import { IncomingOffer } from './incoming-offer.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { sdpBody, sdpOf } from './sdp.ts';

/**
 * PRACKs a reliable response (RFC 3262 §4, §5): the answer in it counts; an offer in it, where the INVITE had
 * none, is put to the user and answered in the PRACK. `giveUp` is called when the user refuses that offer.
 */
export function acknowledgeProvisional(
  core: SessionCore,
  response: SipResponse,
  rack: RAck,
  giveUp: () => void,
): void {
  const { exchange, hooks } = core;
  const prack = (answer?: string) => {
    core.request('PRACK', { headers: [['RAck', rack]], ...sdpBody(answer) }).catch(() => {});
  };
  const sdp = sdpOf(response);
  const isOffer = sdp !== undefined && exchange.state === 'stable' && exchange.local === undefined;
  if (sdp !== undefined && exchange.awaits('INVITE')) {
    exchange.answerRemotely(sdp);
    prack();
    hooks.negotiated();
  } else if (!isOffer) prack();
  else {
    exchange.offerRemotely(sdp);
    const accept = (answer: string | undefined) => {
      if (answer === undefined) exchange.withdraw();
      else exchange.answerLocally(answer);
      prack(answer);
      if (answer !== undefined) hooks.negotiated();
    };
    const reject = () => {
      exchange.withdraw();
      prack();
      // Nothing else can refuse it (RFC 6337 §2.3).
      giveUp();
    };
    hooks.offered(new IncomingOffer(response, sdp, { accept, reject }));
  }
}

/** Answers a PRACK that matched; an offer in it is put to the user first. `answered` is called once it has its 200. */
export function answerPrack(core: SessionCore, incoming: IncomingRequest, answered: () => void): void {
  const { exchange, hooks } = core;
  const sdp = sdpOf(incoming.request);
  // An answer that has been taken is in force already, and no offer.
  if (sdp === undefined || exchange.state !== 'stable' || exchange.remote === sdp) {
    incoming.respond(200);
    answered();
    return;
  }
  exchange.offerRemotely(sdp);
  hooks.offered(
    new IncomingOffer(incoming.request, sdp, {
      accept: (answer, reply) => {
        if (answer === undefined) exchange.withdraw();
        else exchange.answerLocally(answer);
        incoming.respond(200, { ...reply, ...sdpBody(answer) });
        answered();
        if (answer !== undefined) hooks.negotiated();
      },
      reject: (status, reply) => {
        exchange.withdraw();
        incoming.respond(status, reply);
        answered();
      },
    }),
  );
}
