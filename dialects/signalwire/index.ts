import type { Dialect } from '../dialect.ts';
import { ask, callback } from './callbacks.ts';
import { problem } from './errors.ts';
import { MAX_DOCUMENT_BYTES, parse } from './markup/document.ts';
import { routes } from './routes.ts';

/** SignalWire's Compatibility API, which Twilio's client speaks as well: calls follow cXML documents. */
export const signalwire: Dialect = {
  name: 'signalwire',
  routes,
  problem,
  callback,
  documents: { maxBytes: MAX_DOCUMENT_BYTES, ask, parse },
};
