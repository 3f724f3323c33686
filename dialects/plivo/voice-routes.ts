import * as z from 'zod';
import { toUuid } from '../../core/sid.ts';
import { type ApiRequest, type Route, route } from '../dialect.ts';
import { BODY_FORMS, ignoredHeader, read } from '../parameters.ts';
import { answer, application, changedAnswer, endpoint, page } from './answers.ts';
import { changeApplication, changeEndpoint, createApplication, createEndpoint } from './contracts.ts';
import { envelopeOfAll, listPlain, pageOf } from './paging.ts';
import { withoutEffect } from './requests.ts';
import {
  applicationInPath,
  applicationResource,
  decodeApplicationChange,
  decodeEndpointChange,
  decodeNewApplication,
  decodeNewEndpoint,
  endpointInPath,
  endpointResource,
} from './voice-settings.ts';

const pageAsked = (request: ApiRequest) => pageOf(read(request.query, listPlain));

/** Applications and endpoints, as far as the routing of calls needs them. */
export const voiceRoutes: readonly Route[] = [
  route<'createApplication'>({
    method: 'POST',
    path: '/Application',
    operation: 'createApplication',
    describes: {
      id: 'createApplication',
      summary: 'Create an application',
      body: { schema: createApplication.schema, as: BODY_FORMS },
      answers: { 201: answer({ message: z.literal('created'), app_id: z.guid() }) },
    },
    decode: decodeNewApplication,
    encode: ({ application: made }, request) => ({
      status: 201,
      headers: ignoredHeader(withoutEffect(request, createApplication)),
      body: { message: 'created', app_id: toUuid(made.sid) },
    }),
  }),
  route<'listApplications'>({
    method: 'GET',
    path: '/Application',
    operation: 'listApplications',
    describes: {
      id: 'listApplications',
      summary: 'List the applications of the account',
      query: listPlain.schema,
      answers: { 200: page(application) },
    },
    decode: request => {
      pageAsked(request);
      return {};
    },
    encode: ({ applications }, request) => ({
      status: 200,
      body: envelopeOfAll(request, pageAsked(request), applications, each =>
        applicationResource(each, request),
      ),
    }),
  }),
  route<'readApplication'>({
    method: 'GET',
    path: '/Application/{appId}',
    operation: 'readApplication',
    describes: {
      id: 'getApplication',
      summary: 'Read an application',
      answers: { 200: answer(application.shape) },
    },
    decode: request => ({ sid: applicationInPath(request) }),
    encode: ({ application: found }, request) => ({ status: 200, body: applicationResource(found, request) }),
  }),
  route<'changeApplication'>({
    method: 'POST',
    path: '/Application/{appId}',
    operation: 'changeApplication',
    describes: {
      id: 'updateApplication',
      summary: 'Change an application',
      body: { schema: changeApplication.schema, as: BODY_FORMS },
      answers: { 202: changedAnswer },
    },
    decode: request => ({ sid: applicationInPath(request), change: decodeApplicationChange(request) }),
    encode: (_, request) => ({
      status: 202,
      headers: ignoredHeader(withoutEffect(request, changeApplication)),
      body: { message: 'changed' },
    }),
  }),
  route<'deleteApplication'>({
    method: 'DELETE',
    path: '/Application/{appId}',
    operation: 'deleteApplication',
    describes: {
      id: 'deleteApplication',
      summary: 'Delete an application',
      answers: { 204: null },
    },
    decode: request => ({ sid: applicationInPath(request) }),
    encode: () => ({ status: 204 }),
  }),
  route<'createClient'>({
    method: 'POST',
    path: '/Endpoint',
    operation: 'createClient',
    describes: {
      id: 'createEndpoint',
      summary: 'Create an endpoint',
      body: { schema: createEndpoint.schema, as: BODY_FORMS },
      answers: {
        201: answer({
          message: z.literal('created'),
          username: z.string(),
          alias: z.string(),
          endpoint_id: z.string(),
        }),
      },
    },
    decode: decodeNewEndpoint,
    encode: ({ client }, request) => ({
      status: 201,
      headers: ignoredHeader(withoutEffect(request, createEndpoint)),
      body: {
        message: 'created',
        username: client.name,
        alias: client.friendlyName ?? client.name,
        endpoint_id: client.name,
      },
    }),
  }),
  route<'listClients'>({
    method: 'GET',
    path: '/Endpoint',
    operation: 'listClients',
    describes: {
      id: 'listEndpoints',
      summary: 'List the endpoints of the account',
      query: listPlain.schema,
      answers: { 200: page(endpoint) },
    },
    decode: request => {
      pageAsked(request);
      return {};
    },
    encode: ({ clients }, request) => ({
      status: 200,
      body: envelopeOfAll(request, pageAsked(request), clients, each => endpointResource(each, request)),
    }),
  }),
  route<'readClient'>({
    method: 'GET',
    path: '/Endpoint/{endpointId}',
    operation: 'readClient',
    describes: {
      id: 'getEndpoint',
      summary: 'Read an endpoint',
      answers: { 200: answer(endpoint.shape) },
    },
    decode: request => ({ name: endpointInPath(request) }),
    encode: ({ client }, request) => ({ status: 200, body: endpointResource(client, request) }),
  }),
  route<'changeClient'>({
    method: 'POST',
    path: '/Endpoint/{endpointId}',
    operation: 'changeClient',
    describes: {
      id: 'updateEndpoint',
      summary: 'Change an endpoint',
      body: { schema: changeEndpoint.schema, as: BODY_FORMS },
      answers: { 202: changedAnswer },
    },
    decode: decodeEndpointChange,
    encode: (_, request) => ({
      status: 202,
      headers: ignoredHeader(withoutEffect(request, changeEndpoint)),
      body: { message: 'changed' },
    }),
  }),
  route<'deleteClient'>({
    method: 'DELETE',
    path: '/Endpoint/{endpointId}',
    operation: 'deleteClient',
    describes: {
      id: 'deleteEndpoint',
      summary: 'Delete an endpoint',
      answers: { 204: null },
    },
    decode: request => ({ name: endpointInPath(request) }),
    encode: () => ({ status: 204 }),
  }),
];
