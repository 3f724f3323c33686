/** The paths of this dialect, below `/v1/Account/{auth_id}`, each with and without a slash at its end. */
import { Problem } from '../../core/problem.ts';
import { parseSid, toUuid } from '../../core/sid.ts';
import { type ApiAnswer, type ApiRequest, type Route, route } from '../dialect.ts';
import { BODY_FORMS, ignoredHeader, read } from '../parameters.ts';
import {
  callAnswer,
  callList,
  firedAnswer,
  notification,
  page,
  SPAWNED,
  spawnedAnswer,
  transferredAnswer,
} from './answers.ts';
import { apiId } from './api-id.ts';
import { FIRED } from './callbacks.ts';
import { createCall, listCalls, readCall, transferCall } from './contracts.ts';
import { liveRoutes } from './live-routes.ts';
import { numberRoutes } from './number-routes.ts';
import { envelope, envelopeOfAll, listPlain, pageOf } from './paging.ts';
import {
  callInPath,
  decodeCreate,
  decodeList,
  decodeTransfer,
  idleOnCreate,
  isAsynchronous,
  requireState,
  stateAsked,
  withoutEffect,
} from './requests.ts';
import { callResource, liveResource, notificationResource } from './resources.ts';
import { voiceRoutes } from './voice-routes.ts';

export const PREFIX = '/v1/Account/{accountSid}';

const told = (status: number, body: object, ignored: readonly string[] = []): ApiAnswer => ({
  status,
  headers: ignoredHeader(ignored),
  body,
});

const ofCall = (request: ApiRequest) => ({ callSid: callInPath(request) });

const lines: readonly Route[] = [
  route<'placeCalls'>({
    method: 'POST',
    path: '/Call',
    operation: 'placeCalls',
    describes: {
      id: 'createCall',
      summary: 'Call somebody, or several at once',
      body: { schema: createCall.schema, as: BODY_FORMS },
      answers: { 201: firedAnswer, 202: spawnedAnswer },
    },
    decode: decodeCreate,
    encode: ({ calls }, request) => {
      if (isAsynchronous(request)) return told(202, { message: SPAWNED }, idleOnCreate(request));
      const uuids = calls.map(({ sid }) => toUuid(sid));
      const one = uuids.length === 1;
      return told(
        201,
        { message: one ? FIRED : 'calls fired', request_uuid: one ? uuids[0] : uuids },
        idleOnCreate(request),
      );
    },
  }),
  route<'pageCalls'>({
    method: 'GET',
    path: '/Call',
    operation: 'pageCalls',
    describes: {
      id: 'listCalls',
      summary: 'List calls that are over, or those that are live or queued',
      query: listCalls.schema,
      answers: { 200: callList },
    },
    decode: decodeList,
    encode: ({ calls, total }, request) => {
      if (stateAsked(request) !== 'over') return told(200, { calls: calls.map(({ sid }) => toUuid(sid)) });
      const { limit, offset } = decodeList(request);
      const shown = calls.map(call => callResource(call, request));
      return told(200, envelope(request, { limit, offset }, total, shown));
    },
  }),
  route<'readCall'>({
    method: 'GET',
    path: '/Call/{callUuid}',
    operation: 'readCall',
    describes: {
      id: 'getCall',
      summary: 'Read a call that is over, or one that is live or queued',
      query: readCall.schema,
      answers: { 200: callAnswer },
    },
    decode: ofCall,
    encode: ({ call }, request) => {
      requireState(call, request);
      return told(200, stateAsked(request) === 'over' ? callResource(call, request) : liveResource(call));
    },
  }),
  route<'modifyCall'>({
    method: 'POST',
    path: '/Call/{callUuid}',
    operation: 'modifyCall',
    describes: {
      id: 'transferCall',
      summary: 'Lead a live call to another document',
      body: { schema: transferCall.schema, as: BODY_FORMS },
      answers: { 202: transferredAnswer },
    },
    decode: request => ({ ...ofCall(request), changes: decodeTransfer(request) }),
    encode: ({ call }, request) =>
      told(
        202,
        { message: 'call transferred', call_uuids: [toUuid(call.sid)] },
        withoutEffect(request, transferCall),
      ),
  }),
  route<'modifyCall'>({
    method: 'DELETE',
    path: '/Call/{callUuid}',
    operation: 'modifyCall',
    describes: {
      id: 'hangupCall',
      summary: 'Hang up a call',
      answers: { 204: null },
    },
    decode: request => ({ ...ofCall(request), changes: [{ hangUp: 'canceled', inAnyState: true }] }),
    encode: () => ({ status: 204 }),
  }),
  route<'modifyCall'>({
    method: 'DELETE',
    path: '/Request/{requestUuid}',
    operation: 'modifyCall',
    describes: {
      id: 'cancelCall',
      summary: 'Cancel a call that is queued or rings',
      answers: { 204: null },
    },
    decode: request => ({ callSid: callInPath(request, 'requestUuid'), changes: [{ hangUp: 'canceled' }] }),
    encode: () => ({ status: 204 }),
  }),
  route<'listNotifications'>({
    method: 'GET',
    path: '/Call/{callUuid}/Notification',
    operation: 'listNotifications',
    describes: {
      id: 'listNotifications',
      summary: 'List what went wrong in a call',
      query: listPlain.schema,
      answers: { 200: page(notification) },
    },
    decode: request => {
      read(request.query, listPlain);
      return ofCall(request);
    },
    encode: ({ notifications }, request) => {
      const asked = pageOf(read(request.query, listPlain));
      return told(
        200,
        envelopeOfAll(request, asked, notifications, each => notificationResource(each, callInPath(request))),
      );
    },
  }),
  ...liveRoutes,
  ...voiceRoutes,
  ...numberRoutes,
];

/** The account of the path has to be the one that the request is authenticated as. Throws Problem. */
function requireOwnAccount({ params, accountSid }: ApiRequest): void {
  if (parseSid('AC', params['accountSid'] ?? '') === accountSid) return;
  throw new Problem(
    'unauthorized',
    'The auth id in the path is not the one that the request is authenticated with. Use that one.',
  );
}

/** Every answer that has a body names its request. */
function withApiId(answer: ApiAnswer, { requestId }: ApiRequest): ApiAnswer {
  if (answer.body === undefined) return answer;
  return { ...answer, body: { api_id: apiId(requestId), ...(answer.body as object) } };
}

export const routes: readonly Route[] = lines.map(line => ({
  ...line,
  path: `${PREFIX}${line.path}`,
  decode: (request: ApiRequest) => {
    requireOwnAccount(request);
    return line.decode(request);
  },
  encode: (result, request) => withApiId(line.encode(result, request), request),
}));
