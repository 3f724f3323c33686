import { type Route, route } from '../../dialect.ts';
import { BODY_FORMS, read } from '../../parameters.ts';
import { numberAnswer, pageOf } from '../answers.ts';
import { changeNumber, listNumbers } from '../contracts.ts';
import { readPage } from '../paging.ts';
import { decodeNumberChange } from '../provisioning.ts';
import { answerWith } from '../representation.ts';
import { numberResource } from '../resources.ts';
import { sidIn } from '../spelling.ts';
import { changes, FORMS, page, told } from './told.ts';

export const numberRoutes: readonly Route[] = [
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
