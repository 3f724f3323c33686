/** How this API calls the state of a leg. Its own words are not published beyond `accepted`. */
import type { CallStatus } from '../../core/call.ts';

export const STATUS_WORDS: Readonly<Record<CallStatus, string>> = {
  queued: 'accepted',
  initiated: 'calling',
  ringing: 'ringing',
  'in-progress': 'answered',
  completed: 'completed',
  busy: 'busy',
  'no-answer': 'no_answer',
  failed: 'failed',
  canceled: 'canceled',
};
