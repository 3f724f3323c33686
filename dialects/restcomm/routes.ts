/** The paths of this dialect: two prefixes, and `.json` after any of their segments. */
import * as z from 'zod';
import type { MediaType } from '../description.ts';
import { type ApiRequest, type Route, route } from '../dialect.ts';
import { BODY_FORMS, type Contract, ignoredHeader, read, unknownNames } from '../parameters.ts';
import {
  applicationAnswer,
  callAnswer,
  clientAnswer,
  notificationAnswer,
  numberAnswer,
  pageOf,
} from './answers.ts';
import { decodeListCalls, sorted } from './call-list.ts';
import {
  changeApplication,
  changeClient,
  changeNumber,
  createApplication,
  createCall,
  createClient,
  listApplications,
  listCalls,
  listNumbers,
  listPlain,
  updateCall,
} from './contracts.ts';
import { listAnswer, plainList, readPage } from './paging.ts';
import {
  decodeApplicationChange,
  decodeClientChange,
  decodeNewApplication,
  decodeNewClient,
  decodeNumberChange,
} from './provisioning.ts';
import { answerWith, type Resource } from './representation.ts';
import { decodeCreate, decodeUpdate, parametersOf } from './requests.ts';
import {
  applicationResource,
  callResource,
  clientResource,
  notificationResource,
  numberResource,
} from './resources.ts';
import { callSidIn, PREFIXES, requireOwnAccount, sidIn } from './spelling.ts';

/** A resource, and which parameters of the request had no effect. */
const told = (request: ApiRequest, resource: Resource, contract: Contract, status = 200) =>
  answerWith(request, status, resource, ignoredHeader(unknownNames(parametersOf(request), contract)));

const page = (request: ApiRequest, name: string, all: readonly Resource[], contract: Contract) =>
  listAnswer(request, name, all, ignoredHeader(unknownNames(request.query, contract)));

const ofCall = (request: ApiRequest) => ({ callSid: callSidIn(request) });

const FORMS: readonly MediaType[] = ['xml', 'json'];

/** The same by two methods: each needs a name. */
const changes = (what: string, method: 'POST' | 'PUT') => `${method === 'POST' ? 'update' : 'put'}${what}`;

const callLines: readonly Route[] = [
  route<'placeCall'>({
    method: 'POST',
    path: '/Calls',
    operation: 'placeCall',
    describes: {
      id: 'createCall',
      summary: 'Place a call',
      body: { schema: createCall.schema, as: BODY_FORMS },
      answers: { 200: callAnswer },
      answersAs: FORMS,
    },
    decode: decodeCreate,
    encode: ({ call }, request) => told(request, callResource(call, request), createCall),
  }),
  route<'pageCalls'>({
    method: 'GET',
    path: '/Calls',
    operation: 'pageCalls',
    describes: {
      id: 'listCalls',
      summary: 'List calls',
      query: listCalls.schema,
      answers: { 200: pageOf('calls', callAnswer) },
      answersAs: FORMS,
    },
    decode: decodeListCalls,
    encode: ({ calls }, request) => {
      const items = sorted(calls, request).map(call => callResource(call, request));
      return page(request, 'Calls', items, listCalls);
    },
  }),
  route<'readCall'>({
    method: 'GET',
    path: '/Calls/{callSid}',
    operation: 'readCall',
    describes: {
      id: 'getCall',
      summary: 'Read a call',
      answers: { 200: callAnswer },
      answersAs: FORMS,
    },
    decode: ofCall,
    encode: ({ call }, request) => answerWith(request, 200, callResource(call, request)),
  }),
  route<'modifyCall'>({
    method: 'POST',
    path: '/Calls/{callSid}',
    operation: 'modifyCall',
    describes: {
      id: 'updateCall',
      summary: 'Change a live call, or end it',
      body: { schema: updateCall.schema, as: BODY_FORMS },
      answers: { 200: callAnswer },
      answersAs: FORMS,
    },
    decode: request => ({ ...ofCall(request), changes: decodeUpdate(request) }),
    encode: ({ call }, request) => told(request, callResource(call, request), updateCall),
  }),
  route<'listNotifications'>({
    method: 'GET',
    path: '/Calls/{callSid}/Notifications',
    operation: 'listNotifications',
    describes: {
      id: 'listNotifications',
      summary: 'List what went wrong in a call',
      query: listPlain.schema,
      answers: { 200: pageOf('notifications', notificationAnswer) },
      answersAs: FORMS,
    },
    decode: request => {
      readPage(request);
      return ofCall(request);
    },
    encode: ({ notifications }, request) => {
      const items = notifications.map(each => notificationResource(each, callSidIn(request), request));
      return page(request, 'Notifications', items, listPlain);
    },
  }),
];

const applicationLines: readonly Route[] = [
  route<'listApplications'>({
    method: 'GET',
    path: '/Applications',
    operation: 'listApplications',
    describes: {
      id: 'listApplications',
      summary: 'List the applications of the account',
      query: listApplications.schema,
      answers: { 200: z.array(applicationAnswer) },
      answersAs: FORMS,
    },
    decode: request => {
      readPage(request);
      const { FriendlyName: friendlyName } = read(request.query, listApplications);
      return { ...(friendlyName !== undefined && { friendlyName }) };
    },
    encode: ({ applications }, request) =>
      plainList(
        request,
        'Applications',
        applications.map(each => applicationResource(each, request)),
      ),
  }),
  route<'createApplication'>({
    method: 'POST',
    path: '/Applications',
    operation: 'createApplication',
    describes: {
      id: 'createApplication',
      summary: 'Create an application',
      body: { schema: createApplication.schema, as: BODY_FORMS },
      answers: { 200: applicationAnswer },
      answersAs: FORMS,
    },
    decode: decodeNewApplication,
    encode: ({ application }, request) =>
      told(request, applicationResource(application, request), createApplication),
  }),
  route<'readApplication'>({
    method: 'GET',
    path: '/Applications/{applicationSid}',
    operation: 'readApplication',
    describes: {
      id: 'getApplication',
      summary: 'Read an application',
      answers: { 200: applicationAnswer },
      answersAs: FORMS,
    },
    decode: request => ({ sid: sidIn(request, 'applicationSid') }),
    encode: ({ application }, request) => answerWith(request, 200, applicationResource(application, request)),
  }),
  ...(['POST', 'PUT'] as const).map(method =>
    route<'changeApplication'>({
      method,
      path: '/Applications/{applicationSid}',
      operation: 'changeApplication',
      describes: {
        id: changes('Application', method),
        summary: 'Change an application',
        body: { schema: changeApplication.schema, as: BODY_FORMS },
        answers: { 200: applicationAnswer },
        answersAs: FORMS,
      },
      decode: request => ({
        sid: sidIn(request, 'applicationSid'),
        change: decodeApplicationChange(request),
      }),
      encode: ({ application }, request) =>
        told(request, applicationResource(application, request), changeApplication),
    }),
  ),
  route<'deleteApplication'>({
    method: 'DELETE',
    path: '/Applications/{applicationSid}',
    operation: 'deleteApplication',
    describes: {
      id: 'deleteApplication',
      summary: 'Delete an application',
      answers: { 204: null },
    },
    decode: request => ({ sid: sidIn(request, 'applicationSid') }),
    encode: () => ({ status: 204 }),
  }),
];

const clientLines: readonly Route[] = [
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

const numberLines: readonly Route[] = [
  route<'listNumbers'>({
    method: 'GET',
    path: '/IncomingPhoneNumbers',
    operation: 'listNumbers',
    describes: {
      id: 'listIncomingPhoneNumbers',
      summary: 'List the numbers of the account',
      query: listNumbers.schema,
      answers: { 200: pageOf('incoming_phone_numbers', numberAnswer) },
      answersAs: FORMS,
    },
    decode: request => {
      readPage(request);
      const { PhoneNumber: number, FriendlyName: friendlyName } = read(request.query, listNumbers);
      return {
        ...(number !== undefined && { number: number.replaceAll('*', '') }),
        ...(friendlyName !== undefined && { friendlyName }),
      };
    },
    encode: ({ numbers }, request) =>
      page(
        request,
        'IncomingPhoneNumbers',
        numbers.map(each => numberResource(each, request)),
        listNumbers,
      ),
  }),
  route<'readNumber'>({
    method: 'GET',
    path: '/IncomingPhoneNumbers/{numberSid}',
    operation: 'readNumber',
    describes: {
      id: 'getIncomingPhoneNumber',
      summary: 'Read a number',
      answers: { 200: numberAnswer },
      answersAs: FORMS,
    },
    decode: request => ({ numberSid: sidIn(request, 'numberSid') }),
    encode: ({ number }, request) => answerWith(request, 200, numberResource(number, request)),
  }),
  ...(['POST', 'PUT'] as const).map(method =>
    route<'modifyNumber'>({
      method,
      path: '/IncomingPhoneNumbers/{numberSid}',
      operation: 'modifyNumber',
      describes: {
        id: changes('IncomingPhoneNumber', method),
        summary: 'Change what a number leads to',
        body: { schema: changeNumber.schema, as: BODY_FORMS },
        answers: { 200: numberAnswer },
        answersAs: FORMS,
      },
      decode: request => ({ numberSid: sidIn(request, 'numberSid'), change: decodeNumberChange(request) }),
      encode: ({ number }, request) => told(request, numberResource(number, request), changeNumber),
    }),
  ),
];

const lines = [...callLines, ...applicationLines, ...clientLines, ...numberLines];

/** A segment that is a name of the platform's own takes `.json`; a place takes it within what it holds. */
function spellings(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .reduce<string[]>(
      (heads, segment) =>
        heads.flatMap(head =>
          segment.startsWith('{')
            ? [`${head}/${segment}`]
            : [`${head}/${segment}`, `${head}/${segment}.json`],
        ),
      [''],
    );
}

/** Every spelling of every path; the first of them is the one that is described. */
export const routes: readonly Route[] = PREFIXES.flatMap(prefix =>
  lines.flatMap(line =>
    spellings(`/Accounts/{accountSid}${line.path}`).map(spelled => {
      const path = `${prefix}${spelled}`;
      const first = `${PREFIXES[0]}/Accounts/{accountSid}${line.path}`;
      return {
        ...line,
        path,
        describes: path === first ? line.describes : { sameAs: first },
        decode: (request: ApiRequest) => {
          requireOwnAccount(request);
          return line.decode(request);
        },
      };
    }),
  ),
);
