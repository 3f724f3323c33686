import { readAttributes } from '../../markup/attributes.ts';
import type { VerbReader } from '../../markup/verb.ts';

export const HANGUP_ATTRIBUTES = {} as const;

export const hangup: VerbReader = {
  read(element, reading) {
    readAttributes(element, HANGUP_ATTRIBUTES, reading);
    return { verb: 'Hangup' };
  },
  leaves: () => true,
};
