import { pause, request, response, type Step, send } from './scenario.ts';

/** SIPp as the caller. */
const local = '<sip:sipp@[local_ip]:[local_port]>;tag=[pid]uac[call_number]';
const remote = '<sip:sut@[remote_ip]:[remote_port]>';
const contact = 'Contact: <sip:sipp@[local_ip]:[local_port];transport={t}>';

interface Send {
  readonly headers?: readonly string[];
  readonly sdp?: boolean;
  /** Further attributes of the step. */
  readonly with?: string;
}

function outside(method: string, cseq: number, { headers = [], sdp = method === 'INVITE' }: Send): string[] {
  return [
    `${method} sip:sut@[remote_ip]:[remote_port];transport={t} SIP/2.0`,
    'Via: SIP/2.0/{T} [local_ip]:[local_port];branch=[branch]',
    'Max-Forwards: 70',
    `From: ${local}`,
    `To: ${remote}`,
    'Call-ID: [call_id]',
    `CSeq: ${cseq} ${method}`,
    contact,
    ...headers,
    ...(sdp ? ['Content-Type: application/sdp'] : []),
  ];
}

function inside(method: string, cseq: number, { headers = [], sdp = method === 'INVITE' }: Send): string[] {
  const target = method === 'INVITE' || method === 'UPDATE' ? [contact] : [];
  return [
    `${method} [next_url] SIP/2.0`,
    'Via: SIP/2.0/{T} [local_ip]:[local_port];branch=[branch]',
    'Max-Forwards: 70',
    '[routes]',
    `From: ${local}`,
    `To: ${remote}[peer_tag_param]`,
    'Call-ID: [call_id]',
    `CSeq: ${cseq} ${method}`,
    ...target,
    ...headers,
    ...(sdp ? ['Content-Type: application/sdp'] : []),
  ];
}

const retransmitted = 'retrans="500"';

export const invite = (cseq = 1, options: Send = {}): Step =>
  send(outside('INVITE', cseq, options), retransmitted);

/** The ACK of a 2xx. */
export const ack = (cseq = 1): Step => send(inside('ACK', cseq, {}));

/** The ACK of a refusal goes where the INVITE went, with its branch (RFC 3261 §17.1.1.3). */
export const ackOfRefusal = (cseq = 1, uri = `sip:sut@[remote_ip]:[remote_port];transport={t}`): Step =>
  send([
    `ACK ${uri} SIP/2.0`,
    '[last_Via:]',
    'Max-Forwards: 70',
    `From: ${local}`,
    '[last_To:]',
    'Call-ID: [call_id]',
    `CSeq: ${cseq} ACK`,
  ]);

/** CANCEL has the branch of the INVITE, which is that of the last response. */
export const cancel = (cseq = 1): Step =>
  send(
    [
      'CANCEL sip:sut@[remote_ip]:[remote_port];transport={t} SIP/2.0',
      '[last_Via:]',
      'Max-Forwards: 70',
      `From: ${local}`,
      `To: ${remote}`,
      'Call-ID: [call_id]',
      `CSeq: ${cseq} CANCEL`,
    ],
    retransmitted,
  );

export const ask = (method: string, cseq: number, options: Send = {}): Step =>
  send(inside(method, cseq, options), retransmitted);

export const bye = (cseq: number): readonly Step[] => [ask('BYE', cseq), response(200)];

/** Answers the last request. */
export const answer = (
  status: number,
  reason: string,
  options: { headers?: readonly string[]; sdp?: boolean } = {},
): Step =>
  send([
    `SIP/2.0 ${status} ${reason}`,
    '[last_Via:]',
    '[last_From:]',
    '[last_To:]',
    '[last_Call-ID:]',
    '[last_CSeq:]',
    contact,
    ...(options.headers ?? []),
    ...(options.sdp ? ['Content-Type: application/sdp'] : []),
  ]);

/** Takes the responses of a call that is accepted. */
export const accepted: readonly Step[] = [
  response(100, { optional: true }),
  response(180, { optional: true }),
  response(200, { with: 'rrs="true"' }),
];

/** Waits for the BYE of the other side and answers it. */
export const byeOfPeer: readonly Step[] = [request('BYE'), answer(200, 'OK'), pause(200)];

/** Answers the request whose headers were kept, though others have come since. */
export const answerKept = (status: number, reason: string): Step =>
  send([
    `SIP/2.0 ${status} ${reason}`,
    'Via:[$via]',
    'From:[$from]',
    'To:[$to]',
    'Call-ID: [call_id]',
    'CSeq:[$cseq]',
    contact,
    'Content-Type: application/sdp',
  ]);

/** Waits for a BYE through the retransmissions of a 200 that nobody acknowledges. */
export const byeAfterRetransmissions: Step = [
  ...Array.from({ length: 12 }, () => response(200, { optional: true })),
  request('BYE'),
].join('\n');
