import type { Dialect } from '../dialect.ts';
import { callback } from './callbacks.ts';
import { problem } from './errors.ts';
import { routes } from './routes.ts';

/** The voice API of DataTechLabs: two legs are called and joined. */
export const datatechlabs: Dialect = { name: 'datatechlabs', routes, problem, callback };
