import type { Documents } from '../dialect.ts';
import { ask } from './callbacks.ts';
import { MAX_DOCUMENT_BYTES, parse } from './markup/document.ts';

export const documents: Documents = {
  maxBytes: MAX_DOCUMENT_BYTES,
  fallsBack: ['first', 'action', 'redirect', 'update'],
  ask,
  parse,
};
