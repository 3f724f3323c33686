/** The paths of this dialect: two prefixes, each with and without `.json`, as the different clients ask. */
import type { Call } from '../../core/call.ts';
import { readDateRange } from '../dates.ts';
import { type ApiAnswer, type ApiRequest, type Route, route } from '../dialect.ts';
import { LOG_LEVELS } from '../notifications.ts';
import { BODY_FORMS, type Contract, ignoredHeader, read } from '../parameters.ts';
import { callAnswer, eventAnswer, notificationAnswer, pageOf } from './answers.ts';
import { applicationRoutes } from './applications.ts';
import { createCall, listCalls, listNotifications, listPlain, updateCall } from './contracts.ts';
import { numberRoutes } from './numbers.ts';
import { envelope, envelopeOfAll, listAnswer, readPage } from './paging.ts';
import { decodeCreate, decodeListCalls, decodeUpdate, documentWarnings, withoutEffect } from './requests.ts';
import { callResource, eventResources, notificationResource } from './resources.ts';
import { requireOwnAccount, sidInPath, spellingOf } from './spelling.ts';

export const PREFIXES = ['/api/laml/2010-04-01', '/2010-04-01'] as const;
/** The codes of warnings about a document that was sent along. */
export const WARNINGS_HEADER = 'dialplane-document-warnings';

const pageOfCall = (request: ApiRequest) => {
  readPage(request);
  return { callSid: sidInPath(request, 'callSid') };
};

const ofCall = (request: ApiRequest) => ({ callSid: sidInPath(request, 'callSid') });

/** A call that was placed or changed, and what of the request had no effect. */
function told(call: Call, request: ApiRequest, status: number, contract: Contract): ApiAnswer {
  const warnings = documentWarnings(request);
  return {
    status,
    headers: {
      ...ignoredHeader(withoutEffect(request, contract)),
      ...(warnings.length > 0 && { [WARNINGS_HEADER]: warnings.join(', ') }),
    },
    body: callResource(call, request.accountSid, spellingOf(request)),
  };
}

const lines: readonly Route[] = [
  route<'placeCall'>({
    method: 'POST',
    path: '/Calls',
    operation: 'placeCall',
    describes: {
      id: 'createCall',
      summary: 'Place a call',
      body: { schema: createCall.schema, as: BODY_FORMS },
      answers: { 201: callAnswer },
    },
    decode: decodeCreate,
    encode: ({ call }, request) => told(call, request, 201, createCall),
  }),
  route<'listCalls'>({
    method: 'GET',
    path: '/Calls',
    operation: 'listCalls',
    describes: {
      id: 'listCalls',
      summary: 'List calls, the newest first',
      query: listCalls.schema,
      answers: { 200: pageOf('calls', callAnswer) },
    },
    decode: decodeListCalls,
    encode: ({ calls, nextPageToken }, request) => {
      const spelling = spellingOf(request);
      const items = calls.map(call => callResource(call, request.accountSid, spelling));
      return listAnswer(request, listCalls, envelope(request, 'calls', items, nextPageToken));
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
    },
    decode: ofCall,
    encode: ({ call }, request) => ({
      status: 200,
      body: callResource(call, request.accountSid, spellingOf(request)),
    }),
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
    },
    decode: request => ({ ...ofCall(request), changes: decodeUpdate(request) }),
    encode: ({ call }, request) => told(call, request, 200, updateCall),
  }),
  route<'deleteCall'>({
    method: 'DELETE',
    path: '/Calls/{callSid}',
    operation: 'deleteCall',
    describes: {
      id: 'deleteCall',
      summary: 'Delete the record of a call that is over',
      answers: { 204: null },
    },
    decode: ofCall,
    encode: () => ({ status: 204 }),
  }),
  route<'listDeliveries'>({
    method: 'GET',
    path: '/Calls/{callSid}/Events',
    operation: 'listDeliveries',
    describes: {
      id: 'listEvents',
      summary: 'List the status callbacks of a call, and what became of them',
      query: listPlain.schema,
      answers: { 200: pageOf('events', eventAnswer) },
    },
    decode: pageOfCall,
    encode: ({ deliveries }, request) =>
      listAnswer(request, listPlain, envelopeOfAll(request, 'events', deliveries.flatMap(eventResources))),
  }),
  route<'listNotifications'>({
    method: 'GET',
    path: '/Calls/{callSid}/Notifications',
    operation: 'listNotifications',
    describes: {
      id: 'listNotifications',
      summary: 'List what went wrong in a call',
      query: listNotifications.schema,
      answers: { 200: pageOf('notifications', notificationAnswer) },
    },
    decode: request => {
      read(request.query, listNotifications);
      readDateRange(request.query, 'MessageDate');
      return pageOfCall(request);
    },
    encode: ({ notifications }, request) => {
      const { Log: log } = read(request.query, listNotifications);
      const { afterMs = 0, beforeMs = Number.POSITIVE_INFINITY } = readDateRange(
        request.query,
        'MessageDate',
      );
      const about = {
        callSid: sidInPath(request, 'callSid'),
        accountSid: request.accountSid,
        spelling: spellingOf(request),
      };
      const items = notifications
        .filter(({ level }) => log === undefined || LOG_LEVELS[level] === log)
        .filter(({ occurredAtMs }) => occurredAtMs >= afterMs && occurredAtMs <= beforeMs)
        .map(each => notificationResource(each, about));
      return listAnswer(request, listNotifications, envelopeOfAll(request, 'notifications', items));
    },
  }),
  ...numberRoutes,
  ...applicationRoutes,
];

/** A path that ends in a name takes `.json` within that name. */
const spellings = (path: string) => (path.endsWith('}') ? [path] : [path, `${path}.json`]);

const place = (prefix: string, path: string) => `${prefix}/Accounts/{accountSid}${path}`;

/** Every spelling of every path; the first of them is the one that is described. */
export const routes: readonly Route[] = PREFIXES.flatMap(prefix =>
  lines.flatMap(line =>
    spellings(line.path).map(spelled => {
      const path = place(prefix, spelled);
      const first = place(PREFIXES[0], line.path);
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
