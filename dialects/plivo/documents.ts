import type { Documents } from '../dialect.ts';
import { ask } from './callbacks.ts';
import { codeOf } from './markup/codes.ts';
import { MAX_DOCUMENT_BYTES, parse } from './markup/document.ts';
import { AUDIO_RETRIES, LONGEST_SILENCE_MS, retriesOf } from './url-options.ts';

export const documents: Documents = {
  maxBytes: MAX_DOCUMENT_BYTES,
  readMs: LONGEST_SILENCE_MS,
  fallsBack: ['first', 'update'],
  audioRetries: AUDIO_RETRIES,
  retriesOf,
  ask,
  parse,
  codeOf,
};
