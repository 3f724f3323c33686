import { pause, request, response, type Step, send } from './scenario.ts';

/** SIPp as the called. The INVITE's headers are kept, so that later responses to it can be made. */
const contact = 'Contact: <sip:sipp@[local_ip]:{port};transport={t}>';
const tag = '[pid]uas[call_number]';

export const invite: Step = request('INVITE', {
  keep: { via: 'Via:', from: 'From:', to: 'To:', cseq: 'CSeq:' },
  with: 'rrs="true"',
});

interface Answer {
  readonly headers?: readonly string[];
  readonly sdp?: boolean;
  readonly tag?: string;
  /** Further attributes of the step. */
  readonly with?: string;
}

/** Answers the INVITE. */
export const answer = (
  status: number,
  reason: string,
  { headers = [], sdp, tag: own = tag, with: more = '' }: Answer = {},
): Step =>
  send(
    [
      `SIP/2.0 ${status} ${reason}`,
      'Via:[$via]',
      'From:[$from]',
      `To:[$to]${status === 100 ? '' : `;tag=${own}`}`,
      'Call-ID: [call_id]',
      'CSeq:[$cseq]',
      ...(status === 100 ? [] : [contact]),
      ...headers,
      ...(sdp ? ['Content-Type: application/sdp'] : []),
    ],
    more,
  );

/** Accepts the INVITE, again and again until the ACK comes. */
export const ok = (options: Answer = {}): Step =>
  answer(200, 'OK', { sdp: true, with: 'retrans="500"', ...options });

/** Answers the last request in the dialog, or outside one with `tag`. */
export const reply = (
  status: number,
  reason: string,
  { headers = [], sdp, tag: own, with: more = '' }: Answer = {},
): Step =>
  send(
    [
      `SIP/2.0 ${status} ${reason}`,
      '[last_Via:]',
      '[last_From:]',
      `[last_To:]${own === undefined ? '' : `;tag=${own}`}`,
      '[last_Call-ID:]',
      '[last_CSeq:]',
      contact,
      ...headers,
      ...(sdp ? ['Content-Type: application/sdp'] : []),
    ],
    more,
  );

/** A request of ours in the dialog. */
export const ask = (
  method: string,
  cseq: number,
  { headers = [], sdp = method === 'INVITE' }: Answer = {},
): Step =>
  send(
    [
      `${method} [next_url] SIP/2.0`,
      'Via: SIP/2.0/{T} [local_ip]:[local_port];branch=[branch]',
      'Max-Forwards: 70',
      '[routes]',
      `From:[$to];tag=${tag}`,
      'To:[$from]',
      'Call-ID: [call_id]',
      `CSeq: ${cseq} ${method}`,
      contact,
      ...headers,
      ...(sdp ? ['Content-Type: application/sdp'] : []),
    ],
    method === 'ACK' ? '' : 'retrans="500"',
  );

export const ack: Step = request('ACK');

/** The peer ends the call. */
export const byeOfPeer: readonly Step[] = [request('BYE'), reply(200, 'OK'), pause(200)];

export const bye = (cseq: number): readonly Step[] => [ask('BYE', cseq), response(200)];

export const ourTag = tag;
