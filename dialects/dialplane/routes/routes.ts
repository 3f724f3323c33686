import { type Route, route } from '../../dialect.ts';
import { readBody } from '../body.ts';
import { nameInPath } from '../named.ts';
import { changedRoute, newRoute, routeJson, routeSettings } from '../route.ts';

const ROUTES = '/v1/routes';
const ROUTE = `${ROUTES}/{id}`;

export const routeRoutes: readonly Route[] = [
  route<'listRoutes'>({
    method: 'GET',
    path: ROUTES,
    operation: 'listRoutes',
    decode: () => ({}),
    encode: ({ routes }) => ({ status: 200, body: { routes: routes.map(routeJson) } }),
  }),
  route<'createRoute'>({
    method: 'POST',
    path: ROUTES,
    operation: 'createRoute',
    decode: request => routeSettings(readBody(newRoute, request)),
    encode: ({ route: made }) => ({
      status: 201,
      headers: { location: `${ROUTES}/${made.id}` },
      body: routeJson(made),
    }),
  }),
  route<'readRoute'>({
    method: 'GET',
    path: ROUTE,
    operation: 'readRoute',
    decode: request => ({ id: nameInPath('route', request) }),
    encode: ({ route: found }) => ({ status: 200, body: routeJson(found) }),
  }),
  route<'replaceRoute'>({
    method: 'PUT',
    path: ROUTE,
    operation: 'replaceRoute',
    decode(request) {
      const body = readBody(changedRoute, request);
      return { id: nameInPath('route', request, body), settings: routeSettings(body) };
    },
    encode: ({ route: changed }) => ({ status: 200, body: routeJson(changed) }),
  }),
  route<'deleteRoute'>({
    method: 'DELETE',
    path: ROUTE,
    operation: 'deleteRoute',
    decode: request => ({ id: nameInPath('route', request) }),
    encode: () => ({ status: 204 }),
  }),
];
