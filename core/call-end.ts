/** Why a call ended, and who ended it: finer than its outcome, and the same words for every dialect. */
import type { RequestPurpose } from './document.ts';

/** Each reason, and what it says. */
export const END_REASONS = {
  'hung-up': 'One of the two hung up.',
  canceled: 'It was given up before anybody answered.',
  busy: 'The line was busy.',
  'no-answer': 'Nobody answered, and the far end gave up.',
  'ring-timeout': 'Nobody answered in the time that was given.',
  rejected: 'It was turned away.',
  'invalid-destination': 'Nobody can be called by what it names.',
  unroutable: 'There is no way to whom was called.',
  'not-registered': 'The client that was called is registered nowhere.',
  'lost-race': 'Somebody else answered first.',
  'screening-refused': 'Who answered did not accept the call.',
  'end-of-document': 'Its document had nothing more to say.',
  'hangup-verb': 'Its document hung up.',
  'document-unreachable': 'Its document could not be had.',
  'document-invalid': 'Its document could not be carried out.',
  'document-loop': 'Its documents led from one to the next without an end.',
  'time-limit': 'It had lasted as long as it may.',
  scheduled: 'It was to be hung up at that time.',
  'no-media': 'There was no way for its sound.',
  failed: 'The far end, or a network on the way, failed.',
  lost: 'The platform lost it.',
} as const;

export type EndReason = keyof typeof END_REASONS;
export type EndedBy = 'caller' | 'callee' | 'document' | 'api' | 'platform' | 'carrier';

export interface CallEnd {
  by: EndedBy;
  reason: EndReason;
  /** Which request for a document failed, where that is the reason… */
  request?: RequestPurpose;
  /** …and the dialect's number of what was wrong. */
  code?: number;
}

/** By the SIP response to a call that nobody answered (RFC 3261 §21); any other one is `failed`. */
export const END_BY_SIP_CODE: Readonly<Record<number, CallEnd>> = {
  0: { by: 'callee', reason: 'no-answer' },
  403: { by: 'callee', reason: 'rejected' },
  404: { by: 'carrier', reason: 'unroutable' },
  408: { by: 'callee', reason: 'no-answer' },
  410: { by: 'carrier', reason: 'unroutable' },
  480: { by: 'callee', reason: 'no-answer' },
  484: { by: 'carrier', reason: 'unroutable' },
  486: { by: 'callee', reason: 'busy' },
  487: { by: 'callee', reason: 'no-answer' },
  600: { by: 'callee', reason: 'busy' },
  603: { by: 'callee', reason: 'rejected' },
  604: { by: 'carrier', reason: 'unroutable' },
  607: { by: 'callee', reason: 'rejected' },
  608: { by: 'carrier', reason: 'rejected' },
};

export const endOfSipCode = (sipCode: number): CallEnd =>
  END_BY_SIP_CODE[sipCode] ?? { by: 'carrier', reason: 'failed' };
