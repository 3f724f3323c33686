import type { Dialect } from '../dialect.ts';
import { problem } from './errors.ts';
import { routes } from './routes.ts';
import { webhooks } from './webhooks.ts';

/** The voice API of DataTechLabs: two legs are called and joined. */
export const datatechlabs: Dialect = { ...webhooks, routes, problem };
