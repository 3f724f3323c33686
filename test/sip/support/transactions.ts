import { createRequest, createResponse } from '../../../sip/message/create.ts';
import type { SipMessage, SipRequest, SipResponse } from '../../../sip/message/message.ts';
import { parseMessage } from '../../../sip/message/parse.ts';
import type { TransactionFailure } from '../../../sip/transaction/client.ts';
import { baseTimes } from '../../../sip/transaction/timers.ts';
import type { TransportError } from '../../../sip/transport/errors.ts';
import type { Flow, Protocol } from '../../../sip/transport/transport.ts';
import { VirtualClock } from './virtual-clock.ts';
import { shortLine } from './virtual-network.ts';

export function request(method: string, branch = `z9hG4bK${method}`, callId = 'call'): SipRequest {
  return createRequest({
    method,
    uri: 'sip:bob@10.0.0.2',
    via: `SIP/2.0/UDP 10.0.0.1:5060;branch=${branch}`,
    from: '<sip:alice@10.0.0.1>;tag=a',
    to: '<sip:bob@10.0.0.2>',
    callId,
    cseq: 1,
    routes: ['<sip:10.0.0.9;lr>'],
  });
}

export function reply(to: SipRequest, status: number): SipResponse {
  return createResponse(to, status, undefined, { toTag: 'b' });
}

/** One machine's surroundings: what it sent and when, what its user heard, and whether it has ended. */
export class Bench {
  readonly clock = new VirtualClock(0);
  readonly times = baseTimes;
  readonly sent: { readonly at: number; readonly message: SipMessage }[] = [];
  readonly heard: string[] = [];
  ends = 0;
  /** Set it to make every sending fail. */
  broken: TransportError | undefined;
  readonly flow: Flow;
  readonly ended = () => {
    this.ends++;
  };

  constructor(protocol: Protocol) {
    this.flow = {
      protocol,
      local: { address: '10.0.0.1', port: 5060 },
      remote: { address: '10.0.0.2', port: 5060 },
      open: true,
      send: (bytes, failed) => this.#record(parseMessage(bytes), failed),
    };
  }

  readonly user = {
    response: (response: SipResponse) => void this.heard.push(`${response.status}`),
    failed: (failure: TransactionFailure) => void this.heard.push(failure.kind),
  };

  readonly respond = (response: SipResponse) => ({
    send: (failed: (error: TransportError) => void) => this.#record(response, failed),
  });

  /** `INVITE 0 500 1500`: every line that was sent, with its times. */
  get log(): Record<string, number[]> {
    const log: Record<string, number[]> = {};
    for (const { at, message } of this.sent) {
      const line = message.isRequest ? message.method : shortLine(message);
      log[line] ??= [];
      log[line].push(at);
    }
    return log;
  }

  #record(message: SipMessage, failed?: (error: TransportError) => void): void {
    this.sent.push({ at: this.clock.now(), message });
    if (this.broken) failed?.(this.broken);
  }
}
