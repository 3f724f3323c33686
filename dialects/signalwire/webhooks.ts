import type { Webhooks } from '../dialect.ts';
import { ask, callback } from './callbacks.ts';
import { MAX_DOCUMENT_BYTES, parse } from './markup/document.ts';

export const webhooks: Webhooks = {
  name: 'signalwire',
  callback,
  documents: {
    maxBytes: MAX_DOCUMENT_BYTES,
    fallsBack: ['first', 'action', 'redirect', 'update'],
    ask,
    parse,
  },
};
