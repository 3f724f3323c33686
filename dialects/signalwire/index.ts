import type { Dialect } from '../dialect.ts';
import { problem } from './errors.ts';
import { routes } from './routes.ts';
import { webhooks } from './webhooks.ts';

/** SignalWire's Compatibility API, which Twilio's client speaks as well: calls follow cXML documents. */
export const signalwire: Dialect = { ...webhooks, routes, problem };
