import { DEFAULT_TIME_LIMIT_SECONDS } from '../../../core/limits.ts';
import { readAttributes, whole } from '../../markup/attributes.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { CODE } from './codes.ts';

export const PAUSE_ATTRIBUTES = {
  length: whole(CODE.pause.length, 1, [1, DEFAULT_TIME_LIMIT_SECONDS], ' of seconds'),
} as const;

export const pause: VerbReader = {
  read: (element, reading) => ({
    verb: 'Pause',
    lengthSeconds: readAttributes(element, PAUSE_ATTRIBUTES, reading).length,
  }),
};
