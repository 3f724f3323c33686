import { readAttributes, word } from '../../markup/attributes.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { CODE } from './codes.ts';

export const REJECT_ATTRIBUTES = {
  reason: word(CODE.reject.reason, 'rejected', ['rejected', 'busy']),
} as const;

export const reject: VerbReader = {
  read: (element, reading) => ({
    verb: 'Reject',
    reason: readAttributes(element, REJECT_ATTRIBUTES, reading).reason,
  }),
  leaves: () => true,
};
