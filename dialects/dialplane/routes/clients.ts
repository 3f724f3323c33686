import * as z from 'zod';
import { type Route, route } from '../../dialect.ts';
import { readBody } from '../body.ts';
import { changedClient, clientAnswer, clientJson, newClient } from '../client.ts';
import { nameInPath } from '../named.ts';

const CLIENTS = '/v1/clients';
const CLIENT = `${CLIENTS}/{name}`;

export const clientRoutes: readonly Route[] = [
  route<'listClients'>({
    method: 'GET',
    path: CLIENTS,
    operation: 'listClients',
    describes: {
      id: 'listClients',
      summary: 'List the SIP clients of the account',
      answers: { 200: z.object({ clients: z.array(clientAnswer) }) },
    },
    decode: () => ({}),
    encode: ({ clients }) => ({ status: 200, body: { clients: clients.map(clientJson) } }),
  }),
  route<'createClient'>({
    method: 'POST',
    path: CLIENTS,
    operation: 'createClient',
    describes: {
      id: 'createClient',
      summary: 'Create a SIP client',
      body: { schema: newClient, as: ['json'] },
      answers: { 201: clientAnswer },
    },
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
    describes: {
      id: 'getClient',
      summary: 'Read a SIP client',
      answers: { 200: clientAnswer },
    },
    decode: request => ({ name: nameInPath('client', request) }),
    encode: ({ client }) => ({ status: 200, body: clientJson(client) }),
  }),
  route<'changeClient'>({
    method: 'PUT',
    path: CLIENT,
    operation: 'changeClient',
    describes: {
      id: 'changeClient',
      summary: 'Change the password of a SIP client',
      body: { schema: changedClient, as: ['json'] },
      answers: { 200: clientAnswer },
    },
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
    describes: {
      id: 'deleteClient',
      summary: 'Delete a SIP client',
      answers: { 204: null },
    },
    decode: request => ({ name: nameInPath('client', request) }),
    encode: () => ({ status: 204 }),
  }),
];
