import * as z from 'zod';
import { type Route, route } from '../../dialect.ts';
import { BODY_FORMS } from '../../parameters.ts';
import { clientAnswer } from '../answers.ts';
import { changeClient, createClient } from '../contracts.ts';
import { plainList } from '../paging.ts';
import { decodeClientChange, decodeNewClient } from '../provisioning.ts';
import { answerWith } from '../representation.ts';
import { clientResource } from '../resources.ts';
import { sidIn } from '../spelling.ts';
import { changes, FORMS, told } from './told.ts';

export const clientRoutes: readonly Route[] = [
  route<'listClients'>({
    method: 'GET',
    path: '/Clients',
    operation: 'listClients',
    describes: {
      id: 'listClients',
      summary: 'List the clients of the account',
      answers: { 200: z.array(clientAnswer) },
      answersAs: FORMS,
    },
    decode: () => ({}),
    encode: ({ clients }, request) =>
      plainList(
        request,
        'Clients',
        clients.map(each => clientResource(each, request)),
      ),
  }),
  route<'createClient'>({
    method: 'POST',
    path: '/Clients',
    operation: 'createClient',
    describes: {
      id: 'createClient',
      summary: 'Create a client',
      body: { schema: createClient.schema, as: BODY_FORMS },
      answers: { 200: clientAnswer },
      answersAs: FORMS,
    },
    decode: decodeNewClient,
    encode: ({ client }, request) => told(request, clientResource(client, request), createClient),
  }),
  route<'readClient'>({
    method: 'GET',
    path: '/Clients/{clientSid}',
    operation: 'readClient',
    describes: {
      id: 'getClient',
      summary: 'Read a client',
      answers: { 200: clientAnswer },
      answersAs: FORMS,
    },
    decode: request => ({ name: sidIn(request, 'clientSid') }),
    encode: ({ client }, request) => answerWith(request, 200, clientResource(client, request)),
  }),
  ...(['POST', 'PUT'] as const).map(method =>
    route<'changeClient'>({
      method,
      path: '/Clients/{clientSid}',
      operation: 'changeClient',
      describes: {
        id: changes('Client', method),
        summary: 'Change a client',
        body: { schema: changeClient.schema, as: BODY_FORMS },
        answers: { 200: clientAnswer },
        answersAs: FORMS,
      },
      decode: request => ({ name: sidIn(request, 'clientSid'), ...decodeClientChange(request) }),
      encode: ({ client }, request) => told(request, clientResource(client, request), changeClient),
    }),
  ),
  route<'deleteClient'>({
    method: 'DELETE',
    path: '/Clients/{clientSid}',
    operation: 'deleteClient',
    describes: {
      id: 'deleteClient',
      summary: 'Delete a client',
      answers: { 204: null },
    },
    decode: request => ({ name: sidIn(request, 'clientSid') }),
    encode: () => ({ status: 204 }),
  }),
];
