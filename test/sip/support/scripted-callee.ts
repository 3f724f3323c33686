import { createResponse, type ResponseInit } from '../../../sip/message/create.ts';
import type { SipRequest, SipResponse } from '../../../sip/message/message.ts';
import type { Session } from '../../../sip/session/session.ts';
import type { InviteOptions, UserAgent } from '../../../sip/user-agent.ts';
import { ANSWER, OFFER, type Stage } from './stage.ts';
import type { ScriptedPeer } from './virtual-network.ts';

/** How a scripted callee answers a request: a status with headers, or not at all. */
export type Script = (
  request: SipRequest,
  nth: number,
) => readonly [number, ResponseInit['headers']?] | undefined;

/** A peer that takes a call and answers the requests in it by a script. */
export interface ScriptedCall {
  readonly peer: ScriptedPeer;
  readonly alice: UserAgent;
  readonly session: Session;
  /** Requests of a method, each transmission, with the time since the call was set up, in seconds. */
  times(method: string): number[];
  /** Requests of a method without repetitions. */
  requests(method: string): SipRequest[];
}

/** Alice calls a scripted peer at `address`, which accepts with these headers. */
export async function scriptedCall(
  stage: Stage,
  options: {
    readonly invite?: InviteOptions;
    readonly accept?: Readonly<Record<string, string>>;
    readonly script?: Script;
    readonly address?: string;
    readonly from?: UserAgent;
  } = {},
): Promise<ScriptedCall> {
  const { address = '10.0.0.2', script = () => [200] } = options;
  const alice = options.from ?? (await stage.agent('10.0.0.1'));
  const peer = await stage.peer(address);
  const counts = new Map<string, number>();
  const seen = new Map<string, SipResponse | undefined>();
  const answer = (request: SipRequest): SipResponse | undefined => {
    const sdp = request.method === 'INVITE' ? { contentType: 'application/sdp', body: ANSWER } : {};
    const nth = counts.get(request.method) ?? 0;
    counts.set(request.method, nth + 1);
    const first = request.method === 'INVITE' && nth === 0;
    const [status, headers] = (first ? [200, options.accept] : script(request, first ? 0 : nth)) ?? [];
    if (status === undefined) return undefined;
    const contact = status < 300 && !has(headers, 'Contact') ? { contact: `<sip:bob@${address}>` } : {};
    return createResponse(request, status, undefined, {
      toTag: 'bob',
      ...contact,
      headers,
      ...(status === 200 ? sdp : {}),
    });
  };
  peer.onMessage = message => {
    if (!message.isRequest || message.method === 'ACK') return;
    const branch = message.via?.branch ?? '';
    if (!seen.has(branch)) seen.set(branch, answer(message));
    const response = seen.get(branch);
    if (response) void peer.send(response, '10.0.0.1');
  };
  const invitation = alice.invite(`sip:bob@${address}`, { sdp: OFFER, ...options.invite });
  const answered = invitation.answered;
  await stage.clock.advance(0);
  const start = stage.clock.now();
  const sent = (method: string) =>
    stage.network.passages.filter(
      ({ message, to }) => to.address === address && message.isRequest && message.method === method,
    );
  return {
    peer,
    alice,
    session: await answered,
    times: method => sent(method).map(({ at }) => (at - start) / 1_000),
    requests: method => {
      const requests = new Map(
        sent(method).map(({ message }) => [message.via?.branch, message as SipRequest]),
      );
      return [...requests.values()];
    },
  };
}

function has(headers: ResponseInit['headers'], name: string): boolean {
  return headers !== undefined && !(Symbol.iterator in headers) && name in headers;
}
