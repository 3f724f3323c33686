/** How a call ended, in the words of Plivo's requests and resources. */
import type { Call, Outcome } from '../../core/call.ts';
import { isOver } from '../../core/call.ts';
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

type Said = Pick<Cause, 'word' | 'code'> & { source?: string };

/** By the SIP response that a call which nobody answered ended with. */
export const BY_SIP_CODE: Readonly<Record<number, Said>> = {
  401: { word: 'CALL_REJECTED', code: 4240 },
  403: { word: 'CALL_REJECTED', code: 3040 },
  404: { word: 'UNALLOCATED_NUMBER', code: 3050 },
  407: { word: 'CALL_REJECTED', code: 4240 },
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

/** By its outcome, where the response says no more. */
export const BY_OUTCOME: Readonly<Record<Outcome, Said>> = {
  completed: { word: 'NORMAL_CLEARING', code: 4000 },
  busy: { word: 'USER_BUSY', code: 3010 },
  'no-answer': { word: 'NO_ANSWER', code: 3000 },
  failed: { word: 'NETWORK_OUT_OF_ORDER', code: 5000, source: 'Error' },
  canceled: { word: 'ORIGINATOR_CANCEL', code: 1000 },
};

/** Of a call that is over; of any other one what it would be if it ended by itself now. */
export function causeOf(call: Call): Cause {
  const outcome = isOver(call) ? call.status : 'completed';
  const said = saidOf(outcome, call.answeredAtMs === undefined ? call.sipCode : undefined);
  const { word, code, source = sourceOf(call, outcome) } = said;
  return { status: STATUS_WORDS[outcome], word, code, name: HANGUP_CAUSES[code], source };
}

/** DialHangupCause. */
export function dialCauseWord({ outcome, sip }: DialFacts): string {
  return saidOf(outcome, outcome === 'completed' ? undefined : sip?.code).word;
}

function sourceOf(call: Call, outcome: Outcome): string {
  if (outcome === 'canceled') return 'API Request';
  return call.answeredAtMs === undefined ? 'Callee' : 'Unknown';
}

function saidOf(outcome: Outcome, sipCode: number | undefined): Said {
  const byCode = sipCode === undefined ? undefined : BY_SIP_CODE[sipCode];
  return outcome === 'completed' || outcome === 'canceled' || byCode === undefined
    ? BY_OUTCOME[outcome]
    : byCode;
}
