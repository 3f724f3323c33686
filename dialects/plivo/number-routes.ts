/** The account's numbers, as far as it takes to give each its application. */
import type { NumberChange, PhoneNumber } from '../../core/operation.ts';
import { toUuid } from '../../core/sid.ts';
import { type ApiRequest, type Route, route } from '../dialect.ts';
import { BODY_FORMS, bodyParameters, ignoredHeader, read } from '../parameters.ts';
import { answer, changedAnswer, number, page } from './answers.ts';
import { changeNumber, listNumbers } from './contracts.ts';
import { dialled, withoutPlus } from './numbers.ts';
import { envelopeOfAll, pageOf } from './paging.ts';
import { withoutEffect } from './requests.ts';
import { chosen } from './voice-settings.ts';

const numberInPath = ({ params }: ApiRequest): string => dialled(params['number'] ?? '');

function numberResource(owned: PhoneNumber, { params }: ApiRequest) {
  const account = `/v1/Account/${params['accountSid']}`;
  const digits = withoutPlus(owned.number);
  const { applicationSid } = owned;
  return {
    number: digits,
    alias: owned.friendlyName,
    application: applicationSid === undefined ? null : `${account}/Application/${toUuid(applicationSid)}/`,
    voice_enabled: true,
    sms_enabled: false,
    active: true,
    resource_uri: `${account}/Number/${digits}/`,
  };
}

function decodeChange(request: ApiRequest): NumberChange {
  const { alias, app_id } = read(bodyParameters(request), changeNumber);
  return { ...(alias !== undefined && { friendlyName: alias }), ...chosen(app_id) };
}

const asked = (request: ApiRequest) => read(request.query, listNumbers);

export const numberRoutes: readonly Route[] = [
  route<'listNumbers'>({
    method: 'GET',
    path: '/Number',
    operation: 'listNumbers',
    describes: {
      id: 'listNumbers',
      summary: 'List the numbers of the account',
      query: listNumbers.schema,
      answers: { 200: page(number) },
    },
    decode: request => {
      const { number_startswith: beginning, alias } = asked(request);
      return {
        ...(beginning !== undefined && { number: beginning }),
        ...(alias !== undefined && { friendlyName: alias }),
      };
    },
    encode: ({ numbers }, request) => {
      const { number_startswith: beginning = '' } = asked(request);
      const shown = numbers.filter(each => withoutPlus(each.number).startsWith(beginning));
      const body = envelopeOfAll(request, pageOf(asked(request)), shown, each =>
        numberResource(each, request),
      );
      return { status: 200, body };
    },
  }),
  route<'readNumber'>({
    method: 'GET',
    path: '/Number/{number}',
    operation: 'readNumber',
    describes: { id: 'getNumber', summary: 'Read a number', answers: { 200: answer(number.shape) } },
    decode: request => ({ numberSid: numberInPath(request) }),
    encode: ({ number: owned }, request) => ({ status: 200, body: numberResource(owned, request) }),
  }),
  route<'modifyNumber'>({
    method: 'POST',
    path: '/Number/{number}',
    operation: 'modifyNumber',
    describes: {
      id: 'updateNumber',
      summary: 'Give a number its application',
      body: { schema: changeNumber.schema, as: BODY_FORMS },
      answers: { 202: changedAnswer },
    },
    decode: request => ({ numberSid: numberInPath(request), change: decodeChange(request) }),
    encode: (_, request) => ({
      status: 202,
      headers: ignoredHeader(withoutEffect(request, changeNumber)),
      body: { message: 'changed' },
    }),
  }),
];
