import { DEFAULT_TIME_LIMIT_SECONDS } from '../../../core/limits.ts';
import { idle, missing, readAttributes, whole } from '../../markup/attributes.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { CODE } from './codes.ts';

export const WAIT_ATTRIBUTES = {
  length: whole(CODE.schema, 1, [1, DEFAULT_TIME_LIMIT_SECONDS], ' of seconds'),
  silence: missing(
    CODE.notSupported,
    /^(?:false)?$/i,
    'has no effect: nobody hears when the caller falls silent, so the whole length is waited.',
  ),
  minSilence: idle,
  min_silence: idle,
  beep: missing(
    CODE.notSupported,
    /^(?:false)?$/i,
    'has no effect: nobody hears a beep, so the whole length is waited.',
  ),
} as const;

/** Silence. */
export const wait: VerbReader = {
  read: (element, reading) => ({
    verb: 'Pause',
    lengthSeconds: readAttributes(element, WAIT_ATTRIBUTES, reading).length,
  }),
};
