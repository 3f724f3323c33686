import { type ApiRequest, type Route, route } from '../../dialect.ts';
import { BODY_FORMS } from '../../parameters.ts';
import { callAnswer, notificationAnswer, pageOf } from '../answers.ts';
import { decodeListCalls, sorted } from '../call-list.ts';
import { createCall, listCalls, listPlain, updateCall } from '../contracts.ts';
import { readPage } from '../paging.ts';
import { answerWith } from '../representation.ts';
import { decodeCreate, decodeUpdate } from '../requests.ts';
import { callResource, notificationResource } from '../resources.ts';
import { callSidIn } from '../spelling.ts';
import { FORMS, page, told } from './told.ts';

const ofCall = (request: ApiRequest) => ({ callSid: callSidIn(request) });

export const callRoutes: readonly Route[] = [
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
