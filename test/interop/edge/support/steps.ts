/** What callers and callees of these tests have in common. */
import { pause, request, response, type Step } from '../../sipp/scenario.ts';
import * as uac from '../../sipp/uac.ts';
import * as uas from '../../sipp/uas.ts';

/** The inside caller: calls, */
const provisional: readonly Step[] = [
  response(100, { optional: true }),
  response(180, { optional: true }),
  response(183, { optional: true }),
];
export const joined: readonly Step[] = [
  uac.invite(),
  ...provisional,
  response(200, { with: 'rrs="true"' }),
  uac.ack(),
];
/** is joined, talks and hangs up, */
export const hangsUp: readonly Step[] = [...joined, pause(100), ...uac.bye(2)];
/** or is hung up on, */
export const isHungUpOn: readonly Step[] = [...joined, ...uac.byeOfPeer];
/** or is refused. */
export const isRefused = (status: number): readonly Step[] => [
  uac.invite(),
  ...provisional,
  response(status),
  uac.ackOfRefusal(),
  // The last ACK is to be out before SIPp goes.
  pause(50),
];

/** The outside callee: rings, */
export const ringing = uas.answer(180, 'Ringing');
/** answers, */
export const answers: readonly Step[] = [uas.invite, ringing, pause(100), uas.ok(), uas.ack];
/** and is hung up on, or hangs up, */
export const answersAndIsHungUpOn: readonly Step[] = [...answers, ...uas.byeOfPeer];
export const answersAndHangsUp: readonly Step[] = [...answers, pause(100), ...uas.bye(1)];
/** or refuses, */
export const refuses = (status: number, headers: readonly string[] = []): readonly Step[] => [
  uas.invite,
  uas.reply(status, 'Refused', { tag: uas.ourTag, headers, with: 'retrans="500"' }),
  uas.ack,
  pause(50),
];
/** or sends elsewhere, */
export const redirects = (uri: string): readonly Step[] =>
  refuses(302).map(step => step.replace(/Contact: .*/, `Contact: <${uri}>`));
/** or rings until it is cancelled. */
export const isCancelled = (must?: string): readonly Step[] => [
  uas.invite,
  ringing,
  request('CANCEL', must === undefined ? {} : { must }),
  uas.reply(200, 'OK'),
  uas.answer(487, 'Request Terminated', { with: 'retrans="500"' }),
  uas.ack,
  pause(50),
];
export const ELSEWHERE = 'Reason: SIP;cause=200;text=.Call completed elsewhere.';
