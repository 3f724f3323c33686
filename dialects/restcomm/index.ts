import type { Dialect } from '../dialect.ts';
import { problem } from './errors.ts';
import { routes } from './routes.ts';
import { webhooks } from './webhooks.ts';

/** Restcomm's voice API: calls follow RCML documents. */
export const restcomm: Dialect = { ...webhooks, routes, problem };
