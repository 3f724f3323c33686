import { toUuid } from '../../core/sid.ts';
import { type ApiRequest, type Route, route } from '../dialect.ts';
import { ignoredHeader, read } from '../parameters.ts';
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

const page = (request: ApiRequest) => pageOf(read(request.query, listPlain));

/** Applications and endpoints, as far as the routing of calls needs them. */
export const voiceRoutes: readonly Route[] = [
  route<'createApplication'>({
    method: 'POST',
    path: '/Application',
    operation: 'createApplication',
    decode: decodeNewApplication,
    encode: ({ application }, request) => ({
      status: 201,
      headers: ignoredHeader(withoutEffect(request, createApplication)),
      body: { message: 'created', app_id: toUuid(application.sid) },
    }),
  }),
  route<'listApplications'>({
    method: 'GET',
    path: '/Application',
    operation: 'listApplications',
    decode: request => {
      page(request);
      return {};
    },
    encode: ({ applications }, request) => ({
      status: 200,
      body: envelopeOfAll(request, page(request), applications, each => applicationResource(each, request)),
    }),
  }),
  route<'readApplication'>({
    method: 'GET',
    path: '/Application/{appId}',
    operation: 'readApplication',
    decode: request => ({ sid: applicationInPath(request) }),
    encode: ({ application }, request) => ({ status: 200, body: applicationResource(application, request) }),
  }),
  route<'changeApplication'>({
    method: 'POST',
    path: '/Application/{appId}',
    operation: 'changeApplication',
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
    decode: request => ({ sid: applicationInPath(request) }),
    encode: () => ({ status: 204 }),
  }),
  route<'createClient'>({
    method: 'POST',
    path: '/Endpoint',
    operation: 'createClient',
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
    decode: request => {
      page(request);
      return {};
    },
    encode: ({ clients }, request) => ({
      status: 200,
      body: envelopeOfAll(request, page(request), clients, each => endpointResource(each, request)),
    }),
  }),
  route<'readClient'>({
    method: 'GET',
    path: '/Endpoint/{endpointId}',
    operation: 'readClient',
    decode: request => ({ name: endpointInPath(request) }),
    encode: ({ client }, request) => ({ status: 200, body: endpointResource(client, request) }),
  }),
  route<'changeClient'>({
    method: 'POST',
    path: '/Endpoint/{endpointId}',
    operation: 'changeClient',
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
    decode: request => ({ name: endpointInPath(request) }),
    encode: () => ({ status: 204 }),
  }),
];
