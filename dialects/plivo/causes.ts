/** How a call ended, in the words of Plivo's requests and resources. */
import type { Call, Outcome } from '../../core/call.ts';
import { isOver } from '../../core/call.ts';
import type { CallEnd, EndedBy, EndReason } from '../../core/call-end.ts';
import type { DialFacts } from '../../core/document.ts';
import { HANGUP_CAUSES, type HangupCode } from './hangup-causes.ts';
import { STATUS_WORDS } from './status-words.ts';

export interface Cause {
  /** CallStatus. */
  status: string;
  /** HangupCause: a word of telephony. */
  word: string;
  code: HangupCode;
  name: string;
  source: string;
}

type Said = Pick<Cause, 'word' | 'code'>;

/** By the SIP response that a call which nobody answered ended with. */
export const BY_SIP_CODE: Readonly<Record<number, Said>> = {
  401: { word: 'sip_auth_failed', code: 4240 },
  403: { word: 'CALL_REJECTED', code: 3040 },
  404: { word: 'UNALLOCATED_NUMBER', code: 3050 },
  407: { word: 'sip_auth_failed', code: 4240 },
  408: { word: 'NETWORK_OUT_OF_ORDER', code: 3070 },
  410: { word: 'UNALLOCATED_NUMBER', code: 3050 },
  480: { word: 'NO_ANSWER', code: 3000 },
  484: { word: 'INVALID_NUMBER_FORMAT', code: 2000 },
  486: { word: 'USER_BUSY', code: 3010 },
  500: { word: 'NETWORK_OUT_OF_ORDER', code: 3080 },
  502: { word: 'NETWORK_OUT_OF_ORDER', code: 3080 },
  503: { word: 'NETWORK_OUT_OF_ORDER', code: 3090 },
  600: { word: 'USER_BUSY', code: 3100 },
  603: { word: 'CALL_REJECTED', code: 3110 },
  604: { word: 'UNALLOCATED_NUMBER', code: 3120 },
  607: { word: 'CALL_REJECTED', code: 3130 },
  608: { word: 'CALL_REJECTED', code: 3020 },
};

/** By its outcome, where nothing else is known of its end. */
export const BY_OUTCOME: Readonly<Record<Outcome, Said>> = {
  completed: { word: 'NORMAL_CLEARING', code: 4000 },
  busy: { word: 'USER_BUSY', code: 3010 },
  'no-answer': { word: 'NO_ANSWER', code: 3000 },
  failed: { word: 'NETWORK_OUT_OF_ORDER', code: 5000 },
  canceled: { word: 'ORIGINATOR_CANCEL', code: 1000 },
};

/** By the reason; a SIP response says more of those that are the far end's. */
export const BY_REASON: Readonly<Record<EndReason, Said>> = {
  'hung-up': { word: 'NORMAL_CLEARING', code: 4000 },
  canceled: { word: 'ORIGINATOR_CANCEL', code: 1000 },
  busy: { word: 'USER_BUSY', code: 3010 },
  'no-answer': { word: 'NO_ANSWER', code: 3000 },
  'ring-timeout': { word: 'NO_ANSWER', code: 6010 },
  rejected: { word: 'CALL_REJECTED', code: 3020 },
  'invalid-destination': { word: 'INVALID_NUMBER_FORMAT', code: 2000 },
  unroutable: { word: 'NO_ROUTE_DESTINATION', code: 5020 },
  'not-registered': { word: 'USER_NOT_REGISTERED', code: 2020 },
  'lost-race': { word: 'LOSE_RACE', code: 9000 },
  'screening-refused': { word: 'CALL_REJECTED', code: 9110 },
  'end-of-document': { word: 'NORMAL_CLEARING', code: 4010 },
  'hangup-verb': { word: 'NORMAL_CLEARING', code: 4000 },
  'document-unreachable': { word: 'NORMAL_CLEARING', code: 7011 },
  'document-invalid': { word: 'NORMAL_CLEARING', code: 8011 },
  'document-loop': { word: 'NORMAL_CLEARING', code: 2060 },
  'time-limit': { word: 'ALLOTTED_TIMEOUT', code: 6000 },
  scheduled: { word: 'ALLOTTED_TIMEOUT', code: 6000 },
  'no-media': { word: 'MEDIA_TIMEOUT', code: 6020 },
  failed: { word: 'NETWORK_OUT_OF_ORDER', code: 5000 },
  lost: { word: 'NORMAL_TEMPORARY_FAILURE', code: 5010 },
};

const OF_THE_FAR_END: ReadonlySet<EndReason> = new Set([
  'busy',
  'no-answer',
  'rejected',
  'unroutable',
  'failed',
]);

/** Not what a document asked for, but what was wrong with it. */
const OF_A_DOCUMENT: ReadonlySet<EndReason> = new Set([
  'document-unreachable',
  'document-invalid',
  'document-loop',
]);

/** HangupSource. */
export const SOURCES: Readonly<Record<EndedBy, string>> = {
  caller: 'Caller',
  callee: 'Callee',
  document: 'Answer XML',
  api: 'API Request',
  platform: 'Plivo',
  carrier: 'Carrier',
};

/** Of a call that is over; of any other one what it would be if it ended by itself now. */
export function causeOf(call: Call): Cause {
  const outcome = isOver(call) ? call.status : 'completed';
  const { word, code } = saidOf(
    call.end,
    outcome,
    call.answeredAtMs === undefined ? call.sipCode : undefined,
  );
  return { status: STATUS_WORDS[outcome], word, code, name: HANGUP_CAUSES[code], source: sourceOf(call.end) };
}

/** DialHangupCause. */
export function dialCauseWord({ outcome, sip, reason }: DialFacts): string {
  if (reason !== undefined) return BY_REASON[reason].word;
  const code = outcome === 'completed' || outcome === 'canceled' ? undefined : sip?.code;
  return ((code !== undefined && BY_SIP_CODE[code]) || BY_OUTCOME[outcome]).word;
}

function saidOf(end: CallEnd | undefined, outcome: Outcome, sipCode: number | undefined): Said {
  const bySipCode = sipCode === undefined || outcome === 'canceled' ? undefined : BY_SIP_CODE[sipCode];
  if (end === undefined) return bySipCode ?? BY_OUTCOME[outcome];
  const { reason, code } = end;
  const said = (OF_THE_FAR_END.has(reason) && bySipCode) || BY_REASON[reason];
  return isCause(code) ? { ...said, code } : said;
}

/** Of what was wrong with a document; the engine's own numbers are none. */
const isCause = (code: number | undefined): code is HangupCode => code !== undefined && code in HANGUP_CAUSES;

function sourceOf(end: CallEnd | undefined): string {
  if (end === undefined) return 'Unknown';
  return OF_A_DOCUMENT.has(end.reason) ? 'Error' : SOURCES[end.by];
}
