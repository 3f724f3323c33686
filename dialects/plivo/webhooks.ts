import type { Webhooks } from '../dialect.ts';
import { ask, callback } from './callbacks.ts';
import { codeOf } from './markup/codes.ts';
import { MAX_DOCUMENT_BYTES, parse } from './markup/document.ts';
import { AUDIO_RETRIES, LONGEST_SILENCE_MS, retriesOf } from './url-options.ts';

export const webhooks: Webhooks = {
  name: 'plivo',
  callback,
  documents: {
    maxBytes: MAX_DOCUMENT_BYTES,
    readMs: LONGEST_SILENCE_MS,
    fallsBack: ['first', 'update'],
    audioRetries: AUDIO_RETRIES,
    retriesOf,
    ask,
    parse,
    codeOf,
  },
};
