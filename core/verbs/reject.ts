import type { Outcome } from '../call.ts';
import type { Reject } from '../verb.ts';
import type { VerbDefinition } from './definition.ts';

/** What the caller gets, and what the call is said to have ended as. */
export const REJECTIONS: Readonly<Record<Reject['reason'], { sipCode: number; outcome: Outcome }>> = {
  busy: { sipCode: 486, outcome: 'busy' },
  rejected: { sipCode: 603, outcome: 'no-answer' },
};

/** Turns a caller away. A call that has been answered already is hung up instead. */
export const reject: VerbDefinition<'Reject'> = {
  alone: true,
  start: verb => ({ hangUp: true, reason: 'rejected', ...REJECTIONS[verb.reason] }),
};
