import type { Webhooks } from '../dialect.ts';
import { ask, callback } from './callbacks.ts';
import { codeOf } from './markup/codes.ts';
import { MAX_DOCUMENT_BYTES, parse } from './markup/document.ts';

export const webhooks: Webhooks = {
  name: 'restcomm',
  callback,
  documents: { maxBytes: MAX_DOCUMENT_BYTES, fallsBack: ['first', 'update'], ask, parse, codeOf },
};
