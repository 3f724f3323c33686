import type { ApiDescription } from '../description.ts';
import type { HttpApi } from '../dialect.ts';
import { problem, problemAnswer } from './errors.ts';
import { clientRoutes } from './routes/clients.ts';
import { routeRoutes } from './routes/routes.ts';
import { trunkRoutes } from './routes/trunks.ts';

const describes: ApiDescription = {
  title: 'Dialplane',
  details: "The platform's own: SIP trunks, routes and clients of an account.",
  places: { name: 'Its name.', id: 'Its id.' },
  problem: problemAnswer,
  webhooks: {},
};

/** The platform's own API: what an account has, and no voice API that is spoken elsewhere can describe. */
export const dialplane: HttpApi = {
  name: 'dialplane',
  routes: [...trunkRoutes, ...routeRoutes, ...clientRoutes],
  problem,
  describes,
};
