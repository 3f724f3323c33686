import type { Dialect } from '../dialect.ts';
import { problem } from './errors.ts';
import { routes } from './routes.ts';
import { webhooks } from './webhooks.ts';

/** Plivo's Voice API: calls follow XML documents. */
export const plivo: Dialect = { ...webhooks, routes, problem };
