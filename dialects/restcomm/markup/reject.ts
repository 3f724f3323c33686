import { type Attribute, readAttributes } from '../../markup/attributes.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { CODE } from './codes.ts';

const REASONS = ['rejected', 'busy'] as const;

const reason: Attribute<(typeof REASONS)[number]> = {
  takes: REASONS.join(' or '),
  read: written => REASONS.find(each => each === written.trim().toLowerCase()),
  otherwise: 'rejected',
  code: CODE.schema,
};

export const REJECT_ATTRIBUTES = { reason } as const;

export const reject: VerbReader = {
  read: (element, reading) => ({
    verb: 'Reject',
    reason: readAttributes(element, REJECT_ATTRIBUTES, reading).reason,
  }),
  leaves: () => true,
};
