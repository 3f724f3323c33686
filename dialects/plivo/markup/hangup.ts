import { DEFAULT_TIME_LIMIT_SECONDS } from '../../../core/limits.ts';
import { type Attribute, pattern, readAttributes } from '../../markup/attributes.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { CODE } from './codes.ts';

const schedule: Attribute<number | undefined> = {
  takes: `a whole number of seconds from 1 to ${DEFAULT_TIME_LIMIT_SECONDS}`,
  read: text => {
    const seconds = /^\d{1,5}$/.test(text.trim()) ? Number(text) : Number.NaN;
    return seconds >= 1 && seconds <= DEFAULT_TIME_LIMIT_SECONDS ? seconds : undefined;
  },
  otherwise: undefined,
};

export const HANGUP_ATTRIBUTES = {
  reason: pattern(CODE.schema, /^(?:rejected|busy)$/, 'rejected or busy'),
  schedule,
} as const;

/** Ends the call, now or later; a caller that was not answered yet is turned away for a reason. */
export const hangup: VerbReader = {
  read(element, reading) {
    const { reason, schedule: afterSeconds } = readAttributes(element, HANGUP_ATTRIBUTES, reading);
    if (afterSeconds !== undefined) return { verb: 'HangupLater', afterSeconds };
    return reason === undefined
      ? { verb: 'Hangup' }
      : { verb: 'Reject', reason: reason as 'rejected' | 'busy' };
  },
  leaves: verb => verb.verb !== 'HangupLater',
};
