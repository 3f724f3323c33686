import type { HttpApi } from '../dialect.ts';
import { problem } from './errors.ts';
import { clientRoutes } from './routes/clients.ts';
import { routeRoutes } from './routes/routes.ts';
import { trunkRoutes } from './routes/trunks.ts';

/** The platform's own API: what an account has, and no voice API that is spoken elsewhere can describe. */
export const dialplane: HttpApi = {
  name: 'dialplane',
  routes: [...trunkRoutes, ...routeRoutes, ...clientRoutes],
  problem,
};
