/** The paths of this dialect: two prefixes, and `.json` after any of their segments. */
import { type ApiRequest, type Route, route } from '../dialect.ts';
import { type Contract, ignoredHeader, read, unknownNames } from '../parameters.ts';
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

const callLines: readonly Route[] = [
  route<'placeCall'>({
    method: 'POST',
    path: '/Calls',
    operation: 'placeCall',
    decode: decodeCreate,
    encode: ({ call }, request) => told(request, callResource(call, request), createCall),
  }),
  route<'pageCalls'>({
    method: 'GET',
    path: '/Calls',
    operation: 'pageCalls',
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
    decode: ofCall,
    encode: ({ call }, request) => answerWith(request, 200, callResource(call, request)),
  }),
  route<'modifyCall'>({
    method: 'POST',
    path: '/Calls/{callSid}',
    operation: 'modifyCall',
    decode: request => ({ ...ofCall(request), changes: decodeUpdate(request) }),
    encode: ({ call }, request) => told(request, callResource(call, request), updateCall),
  }),
  route<'listNotifications'>({
    method: 'GET',
    path: '/Calls/{callSid}/Notifications',
    operation: 'listNotifications',
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
    decode: decodeNewApplication,
    encode: ({ application }, request) =>
      told(request, applicationResource(application, request), createApplication),
  }),
  route<'readApplication'>({
    method: 'GET',
    path: '/Applications/{applicationSid}',
    operation: 'readApplication',
    decode: request => ({ sid: sidIn(request, 'applicationSid') }),
    encode: ({ application }, request) => answerWith(request, 200, applicationResource(application, request)),
  }),
  ...(['POST', 'PUT'] as const).map(method =>
    route<'changeApplication'>({
      method,
      path: '/Applications/{applicationSid}',
      operation: 'changeApplication',
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
    decode: request => ({ sid: sidIn(request, 'applicationSid') }),
    encode: () => ({ status: 204 }),
  }),
];

const clientLines: readonly Route[] = [
  route<'listClients'>({
    method: 'GET',
    path: '/Clients',
    operation: 'listClients',
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
    decode: decodeNewClient,
    encode: ({ client }, request) => told(request, clientResource(client, request), createClient),
  }),
  route<'readClient'>({
    method: 'GET',
    path: '/Clients/{clientSid}',
    operation: 'readClient',
    decode: request => ({ name: sidIn(request, 'clientSid') }),
    encode: ({ client }, request) => answerWith(request, 200, clientResource(client, request)),
  }),
  ...(['POST', 'PUT'] as const).map(method =>
    route<'changeClient'>({
      method,
      path: '/Clients/{clientSid}',
      operation: 'changeClient',
      decode: request => ({ name: sidIn(request, 'clientSid'), ...decodeClientChange(request) }),
      encode: ({ client }, request) => told(request, clientResource(client, request), changeClient),
    }),
  ),
  route<'deleteClient'>({
    method: 'DELETE',
    path: '/Clients/{clientSid}',
    operation: 'deleteClient',
    decode: request => ({ name: sidIn(request, 'clientSid') }),
    encode: () => ({ status: 204 }),
  }),
];

const numberLines: readonly Route[] = [
  route<'listNumbers'>({
    method: 'GET',
    path: '/IncomingPhoneNumbers',
    operation: 'listNumbers',
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
    decode: request => ({ numberSid: sidIn(request, 'numberSid') }),
    encode: ({ number }, request) => answerWith(request, 200, numberResource(number, request)),
  }),
  ...(['POST', 'PUT'] as const).map(method =>
    route<'modifyNumber'>({
      method,
      path: '/IncomingPhoneNumbers/{numberSid}',
      operation: 'modifyNumber',
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

export const routes: readonly Route[] = PREFIXES.flatMap(prefix =>
  lines.flatMap(line =>
    spellings(`/Accounts/{accountSid}${line.path}`).map(path => ({
      ...line,
      path: `${prefix}${path}`,
      decode: (request: ApiRequest) => {
        requireOwnAccount(request);
        return line.decode(request);
      },
    })),
  ),
);
