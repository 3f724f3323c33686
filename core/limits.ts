/** The engine's own limits; the voice service's are in sma/contract/limits.ts. */
import { MAX_CALL_TIMEOUT_SECONDS } from '../sma/contract/limits.ts';

/** A call ends after this, unless its request or document says less. */
export const DEFAULT_TIME_LIMIT_SECONDS = 4 * 60 * 60;
/** How long an API call rings unless its request says otherwise. */
export const DEFAULT_RING_TIMEOUT_SECONDS = 60;
/** The voice service rings a leg no longer. */
export const MAX_RING_TIMEOUT_SECONDS = MAX_CALL_TIMEOUT_SECONDS;
/** Documents in a row that neither played nor dialled anything: past it they are taken for a loop. */
export const MAX_DOCUMENTS_IN_A_ROW = 20;
/** When a leg that was hung up is not gone by then, it is hung up once more, or found to be lost. */
export const ENDING_GRACE_MS = 60_000;
/** A call that was to be placed, or to be brought by the SIP edge, and of which nothing was told by then, will not be: its message would have come again. */
export const NEVER_BEGUN_AFTER_MS = 180_000;
/** The SIP edge takes a callee out of a bridge within this, or not at all: then the bridge is ended. */
export const PARTING_MS = 15_000;
/** What the caller hears of a customer's server that takes its time, in one piece. */
export const HOLD_MS = 20_000;
/** After its time, and so much more, a screening is ended by the voice service's side: the SIP edge should have done it. */
export const SCREENING_GRACE_SECONDS = 15;
/** By so much a message may come back from its queue before its time, or before somebody else's clock says so. */
export const CLOCKS_DIFFER_MS = 2_000;
/** A session keeps the newest notifications only. */
export const MAX_NOTIFICATIONS = 50;
export const MAX_NOTIFICATION_CHARACTERS = 500;
/**
 * What a session keeps of calls that it has dialled and that are settled, written as JSON: some 60 calls, and with all else that a session
 * can have well under the 400 kB of an item of the call table.
 */
export const MAX_SETTLED_CHARACTERS = 32 * 1024;
/** A call dials so many others, which is four hours of ten each 15 s, and is ended at the next Dial. */
export const MAX_DIALLED_CALLS = 10_000;
/** Targets of one Dial. */
export const MAX_DIAL_TARGETS = 10;
