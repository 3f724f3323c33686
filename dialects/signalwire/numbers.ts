/** `/IncomingPhoneNumbers`: what becomes of calls to the account's numbers. */
import * as z from 'zod';
import type { NumberChange, PhoneNumber } from '../../core/operation.ts';
import { parseSid } from '../../core/sid.ts';
import { type ApiRequest, type Route, route } from '../dialect.ts';
import {
  BODY_FORMS,
  bodyParameters,
  type Contract,
  ignoredHeader,
  notYet,
  read,
  refusal,
} from '../parameters.ts';
import { tidyNumber } from '../text.ts';
import { numberAnswer, pageOf } from './answers.ts';
import { API_VERSION } from './callbacks.ts';
import { pagingShape } from './contracts.ts';
import { envelopeOfAll, listAnswer, readPage } from './paging.ts';
import { filled, withoutEffect } from './requests.ts';
import { date } from './resources.ts';
import { type Spelling, sidInPath, spellingOf } from './spelling.ts';
import { friendlyName, voiceChange, voiceCodes, voiceFields, voiceShape } from './voice-settings.ts';

const APPLICATION = 21218;

export const updateNumber = {
  schema: z.object({
    FriendlyName: friendlyName,
    ...voiceShape,
    VoiceApplicationSid: z.string().optional(),
    VoiceReceiveMode: notYet(['voice'], 'has to be voice: faxes are not there').optional(),
    TrunkSid: notYet(
      [''],
      'names a trunk: calls that come in over trunks are set up elsewhere, so leave it out',
    ).optional(),
    AccountSid: notYet([], 'cannot move a number to another account: leave it out').optional(),
  }),
  codes: { ...voiceCodes, VoiceApplicationSid: APPLICATION },
} as const satisfies Contract;

const listNumbers = {
  schema: z.object({
    ...pagingShape,
    PhoneNumber: z.string().transform(tidyNumber).optional(),
    FriendlyName: z.string().optional(),
  }),
  codes: {},
} as const satisfies Contract;

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
    },
    decode: decodeList,
    encode: ({ numbers }, request) => {
      const items = numbers.map(number => numberResource(number, spellingOf(request)));
      return listAnswer(request, listNumbers, envelopeOfAll(request, 'incoming_phone_numbers', items));
    },
  }),
  route<'readNumber'>({
    method: 'GET',
    path: '/IncomingPhoneNumbers/{numberSid}',
    operation: 'readNumber',
    describes: {
      id: 'getIncomingPhoneNumber',
      summary: 'Read a number',
      answers: { 200: numberAnswer },
    },
    decode: request => ({ numberSid: sidInPath(request, 'numberSid') }),
    encode: ({ number }, request) => ({ status: 200, body: numberResource(number, spellingOf(request)) }),
  }),
  route<'modifyNumber'>({
    method: 'POST',
    path: '/IncomingPhoneNumbers/{numberSid}',
    operation: 'modifyNumber',
    describes: {
      id: 'updateIncomingPhoneNumber',
      summary: 'Change what a number leads to',
      body: { schema: updateNumber.schema, as: BODY_FORMS },
      answers: { 200: numberAnswer },
    },
    decode: request => ({ numberSid: sidInPath(request, 'numberSid'), change: decodeUpdate(request) }),
    encode: ({ number }, request) => ({
      status: 200,
      headers: ignoredHeader(withoutEffect(request, updateNumber)),
      body: numberResource(number, spellingOf(request)),
    }),
  }),
];

function decodeList(request: ApiRequest) {
  const { PhoneNumber: number, FriendlyName: name } = read(filled(request.query), listNumbers);
  readPage(request);
  return { ...(number !== undefined && { number }), ...(name !== undefined && { friendlyName: name }) };
}

function decodeUpdate(request: ApiRequest): NumberChange {
  const asked = read(bodyParameters(request), updateNumber);
  const applicationSid = chosenApplication(asked.VoiceApplicationSid);
  return {
    ...(asked.FriendlyName !== undefined && { friendlyName: asked.FriendlyName }),
    ...voiceChange(asked),
    ...(applicationSid !== undefined && { applicationSid }),
  };
}

/** An empty one takes the application away. */
function chosenApplication(text: string | undefined): string | null | undefined {
  if (text === undefined) return undefined;
  if (text === '') return null;
  const sid = parseSid('AP', text);
  if (sid !== undefined) return sid;
  throw refusal(
    'invalid-parameter',
    'VoiceApplicationSid',
    'has to be AP and 32 hex digits, or a UUID',
    updateNumber.codes,
  );
}

export function numberResource(number: PhoneNumber, spelling: Spelling): z.input<typeof numberAnswer> {
  const sid = spelling.sid(number.sid);
  const { applicationSid } = number;
  return {
    sid,
    account_sid: spelling.sid(number.accountSid),
    friendly_name: number.friendlyName,
    phone_number: number.number,
    api_version: API_VERSION,
    date_created: date(number.createdAtMs),
    date_updated: date(number.updatedAtMs),
    ...voiceFields(number),
    voice_application_sid: applicationSid === undefined ? null : spelling.sid(applicationSid),
    voice_receive_mode: 'voice',
    sms_application_sid: null,
    trunk_sid: null,
    address_sid: null,
    address_requirements: 'none',
    identity_sid: null,
    bundle_sid: null,
    emergency_status: 'Inactive',
    emergency_address_sid: null,
    emergency_address_status: 'unregistered',
    capabilities: { voice: true, sms: false, mms: false, fax: false },
    beta: false,
    origin: 'hosted',
    status: 'in-use',
    uri: `${spelling.accountPath}/IncomingPhoneNumbers/${sid}.json`,
  };
}
