import * as z from 'zod';
import { type Route, route } from '../../dialect.ts';
import { BODY_FORMS, read } from '../../parameters.ts';
import { applicationAnswer } from '../answers.ts';
import { changeApplication, createApplication, listApplications } from '../contracts.ts';
import { plainList, readPage } from '../paging.ts';
import { decodeApplicationChange, decodeNewApplication } from '../provisioning.ts';
import { answerWith } from '../representation.ts';
import { applicationResource } from '../resources.ts';
import { sidIn } from '../spelling.ts';
import { changes, FORMS, told } from './told.ts';

export const applicationRoutes: readonly Route[] = [
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
