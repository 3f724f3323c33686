import { type Route, route } from '../../dialect.ts';
import { readBody } from '../body.ts';
import { changedClient, clientJson, newClient } from '../client.ts';
import { nameInPath } from '../named.ts';

const CLIENTS = '/v1/clients';
const CLIENT = `${CLIENTS}/{name}`;

export const clientRoutes: readonly Route[] = [
  route<'listClients'>({
    method: 'GET',
    path: CLIENTS,
    operation: 'listClients',
    decode: () => ({}),
    encode: ({ clients }) => ({ status: 200, body: { clients: clients.map(clientJson) } }),
  }),
  route<'createClient'>({
    method: 'POST',
    path: CLIENTS,
    operation: 'createClient',
    decode: request => readBody(newClient, request),
    encode: ({ client }) => ({
      status: 201,
      headers: { location: `${CLIENTS}/${client.name}` },
      body: clientJson(client),
    }),
  }),
  route<'readClient'>({
    method: 'GET',
    path: CLIENT,
    operation: 'readClient',
    decode: request => ({ name: nameInPath('client', request) }),
    encode: ({ client }) => ({ status: 200, body: clientJson(client) }),
  }),
  route<'changeClient'>({
    method: 'PUT',
    path: CLIENT,
    operation: 'changeClient',
    decode(request) {
      const body = readBody(changedClient, request);
      return { name: nameInPath('client', request, body), password: body.password };
    },
    encode: ({ client }) => ({ status: 200, body: clientJson(client) }),
  }),
  route<'deleteClient'>({
    method: 'DELETE',
    path: CLIENT,
    operation: 'deleteClient',
    decode: request => ({ name: nameInPath('client', request) }),
    encode: () => ({ status: 204 }),
  }),
];
