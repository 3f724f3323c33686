/** `/Applications`: what becomes of calls, under one SID for all the numbers and requests that name it. */
import * as z from 'zod';
import type { Application } from '../../core/application.ts';
import type { ApplicationChange } from '../../core/operation.ts';
import { type ApiRequest, type Route, route } from '../dialect.ts';
import { BODY_FORMS, bodyParameters, type Contract, ignoredHeader, read } from '../parameters.ts';
import { applicationAnswer, pageOf } from './answers.ts';
import { API_VERSION } from './callbacks.ts';
import { pagingShape } from './contracts.ts';
import { envelopeOfAll, listAnswer, readPage } from './paging.ts';
import { filled, withoutEffect } from './requests.ts';
import { date } from './resources.ts';
import { type Spelling, sidInPath, spellingOf } from './spelling.ts';
import { friendlyName, voiceChange, voiceCodes, voiceFields, voiceShape } from './voice-settings.ts';

export const changeApplication = {
  schema: z.object({ FriendlyName: friendlyName, ...voiceShape }),
  codes: voiceCodes,
} as const satisfies Contract;

const listApplications = {
  schema: z.object({ ...pagingShape, FriendlyName: z.string().optional() }),
  codes: {},
} as const satisfies Contract;

export const applicationRoutes: readonly Route[] = [
  route<'createApplication'>({
    method: 'POST',
    path: '/Applications',
    operation: 'createApplication',
    describes: {
      id: 'createApplication',
      summary: 'Create an application',
      body: { schema: changeApplication.schema, as: BODY_FORMS },
      answers: { 201: applicationAnswer },
    },
    decode: request => ({ friendlyName: '', ...decodeChange(request) }),
    encode: ({ application }, request) => told(application, request, 201),
  }),
  route<'listApplications'>({
    method: 'GET',
    path: '/Applications',
    operation: 'listApplications',
    describes: {
      id: 'listApplications',
      summary: 'List the applications of the account',
      query: listApplications.schema,
      answers: { 200: pageOf('applications', applicationAnswer) },
    },
    decode: request => {
      const { FriendlyName: name } = read(filled(request.query), listApplications);
      readPage(request);
      return name === undefined ? {} : { friendlyName: name };
    },
    encode: ({ applications }, request) => {
      const items = applications.map(each => applicationResource(each, spellingOf(request)));
      return listAnswer(request, listApplications, envelopeOfAll(request, 'applications', items));
    },
  }),
  route<'readApplication'>({
    method: 'GET',
    path: '/Applications/{applicationSid}',
    operation: 'readApplication',
    describes: {
      id: 'getApplication',
      summary: 'Read an application',
      answers: { 200: applicationAnswer },
    },
    decode: request => ({ sid: sidInPath(request, 'applicationSid') }),
    encode: ({ application }, request) => ({
      status: 200,
      body: applicationResource(application, spellingOf(request)),
    }),
  }),
  route<'changeApplication'>({
    method: 'POST',
    path: '/Applications/{applicationSid}',
    operation: 'changeApplication',
    describes: {
      id: 'updateApplication',
      summary: 'Change an application',
      body: { schema: changeApplication.schema, as: BODY_FORMS },
      answers: { 200: applicationAnswer },
    },
    decode: request => ({ sid: sidInPath(request, 'applicationSid'), change: decodeChange(request) }),
    encode: ({ application }, request) => told(application, request, 200),
  }),
  route<'deleteApplication'>({
    method: 'DELETE',
    path: '/Applications/{applicationSid}',
    operation: 'deleteApplication',
    describes: {
      id: 'deleteApplication',
      summary: 'Delete an application',
      answers: { 204: null },
    },
    decode: request => ({ sid: sidInPath(request, 'applicationSid') }),
    encode: () => ({ status: 204 }),
  }),
];

function decodeChange(request: ApiRequest): ApplicationChange {
  const asked = read(bodyParameters(request), changeApplication);
  return {
    ...(asked.FriendlyName !== undefined && { friendlyName: asked.FriendlyName }),
    ...voiceChange(asked),
  };
}

const told = (application: Application, request: ApiRequest, status: number) => ({
  status,
  headers: ignoredHeader(withoutEffect(request, changeApplication)),
  body: applicationResource(application, spellingOf(request)),
});

function applicationResource(
  application: Application,
  spelling: Spelling,
): z.input<typeof applicationAnswer> {
  const sid = spelling.sid(application.sid);
  return {
    sid,
    account_sid: spelling.sid(application.accountSid),
    friendly_name: application.friendlyName,
    api_version: API_VERSION,
    date_created: date(application.createdAtMs),
    date_updated: date(application.updatedAtMs),
    ...voiceFields(application),
    sms_status_callback: '',
    message_status_callback: '',
    uri: `${spelling.accountPath}/Applications/${sid}.json`,
  };
}
