import * as z from 'zod';
import { type Route, route } from '../../dialect.ts';
import { readBody } from '../body.ts';
import { nameInPath } from '../named.ts';
import { changedRoute, newRoute, routeAnswer, routeJson, routeSettings } from '../route.ts';

const ROUTES = '/v1/routes';
const ROUTE = `${ROUTES}/{id}`;

export const routeRoutes: readonly Route[] = [
  route<'listRoutes'>({
    method: 'GET',
    path: ROUTES,
    operation: 'listRoutes',
    describes: {
      id: 'listRoutes',
      summary: 'List the routes of the account',
      answers: { 200: z.object({ routes: z.array(routeAnswer) }) },
    },
    decode: () => ({}),
    encode: ({ routes }) => ({ status: 200, body: { routes: routes.map(routeJson) } }),
  }),
  route<'createRoute'>({
    method: 'POST',
    path: ROUTES,
    operation: 'createRoute',
    describes: {
      id: 'createRoute',
      summary: 'Create a route',
      body: { schema: newRoute, as: ['json'] },
      answers: { 201: routeAnswer },
    },
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
    describes: {
      id: 'getRoute',
      summary: 'Read a route',
      answers: { 200: routeAnswer },
    },
    decode: request => ({ id: nameInPath('route', request) }),
    encode: ({ route: found }) => ({ status: 200, body: routeJson(found) }),
  }),
  route<'replaceRoute'>({
    method: 'PUT',
    path: ROUTE,
    operation: 'replaceRoute',
    describes: {
      id: 'replaceRoute',
      summary: 'Replace a route',
      body: { schema: changedRoute, as: ['json'] },
      answers: { 200: routeAnswer },
    },
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
    describes: {
      id: 'deleteRoute',
      summary: 'Delete a route',
      answers: { 204: null },
    },
    decode: request => ({ id: nameInPath('route', request) }),
    encode: () => ({ status: 204 }),
  }),
];
