/** What each request may say, and what it comes to. All throw Problem. */
import * as z from 'zod';
import type { HttpMethod, StatusCallback, WebTarget } from '../../core/call.ts';
import { destination } from '../../core/destination.ts';
import { DEFAULT_TIME_LIMIT_SECONDS } from '../../core/limits.ts';
import type { CallChange, CallFilter, ListCalls, NumberChange, PlaceCall } from '../../core/operation.ts';
import { Problem } from '../../core/problem.ts';
import type { Entry } from '../../core/session.ts';
import { parseSid } from '../../core/sid.ts';
import { type ApiRequest, DocumentError, type Pairs, type ParsedDocument } from '../dialect.ts';
import { dateFilters, readDateRange } from './dates.ts';
import { parse } from './markup/document.ts';
import { PAGE_PARAMETERS, readPage } from './paging.ts';
import {
  bodyParameters,
  type Codes,
  type Contract,
  flag,
  method,
  notYet,
  oneOf,
  phoneNumber,
  read,
  refusal,
  shown,
  tidyNumber,
  unknownNames,
  webAddress,
  whole,
  words,
} from './parameters.ts';
import { DEFAULT_EVENTS, EVENT_WORDS, eventsOf, STATUSES_OF_WORD } from './status-words.ts';

export const MAX_TWIML_CHARACTERS = 4_000;
/** How long a REST call may be asked to ring. */
export const MAX_TIMEOUT_SECONDS = 600;

const URL_PARAMETER = 21205;
const METHOD = 21209;
const CALLBACK_URL = 21456;
const WEB_ADDRESS = 21402;
const ANSWERING_MACHINE = 21234;
const SIP_CREDENTIALS = 21221;

/** SignalWire has two events for REST calls that never fire here. */
const CALLBACK_WORDS = [...Object.keys(EVENT_WORDS), 'ringing_forwarded', 'ringing_queued'];

const events = words.refine(
  given => given.every(word => CALLBACK_WORDS.includes(word)),
  `has to name some of ${Object.keys(EVENT_WORDS).join(', ')}`,
);

const inlineDocument = z
  .string()
  .refine(
    text => text.length <= MAX_TWIML_CHARACTERS,
    `is longer than ${MAX_TWIML_CHARACTERS} characters: serve the document at a URL and send Url instead`,
  );

const callbackShape = {
  StatusCallback: webAddress.optional(),
  StatusCallbackMethod: method.optional(),
  StatusCallbackEvent: events.optional(),
};

const callbackCodes = { StatusCallback: CALLBACK_URL, StatusCallbackMethod: METHOD } as const;

const sourceShape = {
  Url: webAddress.optional(),
  Method: method.optional(),
  FallbackUrl: webAddress.optional(),
  FallbackMethod: method.optional(),
  Twiml: inlineDocument.optional(),
  Laml: inlineDocument.optional(),
};

const sourceCodes = {
  Url: URL_PARAMETER,
  Method: METHOD,
  FallbackUrl: WEB_ADDRESS,
  FallbackMethod: METHOD,
  Twiml: URL_PARAMETER,
  Laml: URL_PARAMETER,
} as const;

/** Parameters that only say how something is done that is not asked for: taken, checked, and without effect. */
const idleShape = {
  RecordingChannels: oneOf('mono', 'dual').optional(),
  RecordingTrack: oneOf('inbound', 'outbound', 'both').optional(),
  RecordingStatusCallback: webAddress.optional(),
  RecordingStatusCallbackMethod: method.optional(),
  RecordingStatusCallbackEvent: words.optional(),
  Trim: oneOf('trim-silence', 'do-not-trim').optional(),
  MachineDetectionTimeout: whole(1, 120).optional(),
  MachineDetectionSpeechThreshold: whole(1_000, 6_000).optional(),
  MachineDetectionSpeechEndThreshold: whole(500, 5_000).optional(),
  MachineDetectionSilenceTimeout: whole(2_000, 10_000).optional(),
  MachineWordsThreshold: whole(1, 100).optional(),
  AsyncAmdStatusCallback: webAddress.optional(),
  AsyncAmdStatusCallbackMethod: method.optional(),
  AsyncAmdPartialResults: flag.optional(),
};

const idleCodes = {
  RecordingStatusCallback: CALLBACK_URL,
  RecordingStatusCallbackMethod: METHOD,
  MachineDetectionTimeout: ANSWERING_MACHINE,
  MachineDetectionSpeechThreshold: ANSWERING_MACHINE,
  MachineDetectionSpeechEndThreshold: ANSWERING_MACHINE,
  MachineDetectionSilenceTimeout: ANSWERING_MACHINE,
  MachineWordsThreshold: ANSWERING_MACHINE,
  AsyncAmdStatusCallback: CALLBACK_URL,
  AsyncAmdStatusCallbackMethod: METHOD,
} as const;

const NO_SIP = 'is for calls to SIP addresses, which are not there yet: leave it out';

export const createCall = {
  lists: ['StatusCallbackEvent', 'RecordingStatusCallbackEvent'],
  schema: z.object({
    To: z.string(),
    From: phoneNumber,
    ...sourceShape,
    ...callbackShape,
    ...idleShape,
    ApplicationSid: notYet([], 'names an application, which are not there yet: send Url instead').optional(),
    CallerId: phoneNumber.optional(),
    SendDigits: z
      .string()
      .regex(/^[\dA-D#*wW]{1,32}$/, 'has to be 1 to 32 of 0-9 A-D # * w W')
      .optional(),
    Timeout: whole(1, MAX_TIMEOUT_SECONDS).optional(),
    TimeLimit: whole(1, DEFAULT_TIME_LIMIT_SECONDS).optional(),
    Record: notYet(
      ['false', 'do-not-record'],
      'cannot be granted, as recording is not there yet: leave it out',
    ).optional(),
    MachineDetection: notYet(
      ['none', 'false'],
      'cannot be granted, as nobody can tell a machine from a human yet: leave it out',
    ).optional(),
    AsyncAmd: notYet(
      ['false'],
      'cannot be granted, as nobody can tell a machine from a human yet: leave it out',
    ).optional(),
    SipAuthUsername: notYet([], NO_SIP).optional(),
    SipAuthPassword: notYet([], NO_SIP).optional(),
    MaxPricePerMinute: notYet([], 'cannot be kept, as calls have no price here: leave it out').optional(),
  }),
  codes: {
    To: { missing: 21201, invalid: 21211 },
    From: { missing: 21213, invalid: 21212 },
    ...sourceCodes,
    ...callbackCodes,
    ...idleCodes,
    ApplicationSid: 21218,
    CallerId: 21212,
    SendDigits: 21206,
    Timeout: 21208,
    MachineDetection: ANSWERING_MACHINE,
    AsyncAmd: ANSWERING_MACHINE,
    SipAuthUsername: SIP_CREDENTIALS,
    SipAuthPassword: SIP_CREDENTIALS,
  },
} as const satisfies Contract;

export const updateCall = {
  lists: ['StatusCallbackEvent'],
  schema: z.object({
    ...sourceShape,
    ...callbackShape,
    Status: oneOf('canceled', 'completed').optional(),
    TimeLimit: notYet(
      [],
      'cannot be changed once the call has been placed: end it with Status=completed',
    ).optional(),
  }),
  codes: { ...sourceCodes, ...callbackCodes },
} as const satisfies Contract;

const addressOrNothing = z.union(
  [z.literal(''), webAddress],
  'has to be an absolute http or https URL, or empty',
);
const NO_APPLICATION = 'names an application, which are not there yet: send VoiceUrl instead';

export const updateNumber = {
  schema: z.object({
    FriendlyName: z.string().max(64, 'is longer than 64 characters').optional(),
    VoiceUrl: addressOrNothing.optional(),
    VoiceMethod: method.optional(),
    VoiceFallbackUrl: addressOrNothing.optional(),
    VoiceFallbackMethod: method.optional(),
    StatusCallback: addressOrNothing.optional(),
    StatusCallbackMethod: method.optional(),
    VoiceApplicationSid: notYet([''], NO_APPLICATION).optional(),
    VoiceReceiveMode: notYet(['voice'], 'has to be voice: faxes are not there').optional(),
    TrunkSid: notYet([''], 'names a trunk, which are not there yet: leave it out').optional(),
    AccountSid: notYet([], 'cannot move a number to another account: leave it out').optional(),
  }),
  codes: {
    VoiceUrl: WEB_ADDRESS,
    VoiceMethod: METHOD,
    VoiceFallbackUrl: WEB_ADDRESS,
    VoiceFallbackMethod: METHOD,
    StatusCallback: CALLBACK_URL,
    StatusCallbackMethod: METHOD,
    VoiceApplicationSid: 21218,
  },
} as const satisfies Contract;

const paging = Object.fromEntries(PAGE_PARAMETERS.map(name => [name, z.string().optional()]));
const dates = (name: string) =>
  Object.fromEntries(dateFilters(name).map(each => [each, z.string().optional()]));

export const listCalls = {
  lists: ['Status'],
  schema: z.object({
    ...paging,
    ...dates('StartTime'),
    ...dates('EndTime'),
    To: z.string().transform(tidyNumber).optional(),
    From: z.string().transform(tidyNumber).optional(),
    ParentCallSid: z.string().optional(),
    Status: words
      .refine(
        given => given.every(word => Object.hasOwn(STATUSES_OF_WORD, word)),
        `has to be one of ${Object.keys(STATUSES_OF_WORD).join(', ')}`,
      )
      .optional(),
  }),
  codes: {},
} as const satisfies Contract;

export const listNumbers = {
  schema: z.object({
    ...paging,
    PhoneNumber: z.string().transform(tidyNumber).optional(),
    FriendlyName: z.string().optional(),
  }),
  codes: {},
} as const satisfies Contract;

export const listPlain = { schema: z.object(paging), codes: {} } as const satisfies Contract;

export const listNotifications = {
  schema: z.object({ ...paging, ...dates('MessageDate'), Log: oneOf('0', '1').optional() }),
  codes: {},
} as const satisfies Contract;

export function decodeCreate(request: ApiRequest): PlaceCall {
  const asked = read(filled(bodyParameters(request)), createCall);
  if (asked.CallerId !== undefined && asked.CallerId !== asked.From) {
    throw refusal(
      'invalid-parameter',
      'CallerId',
      'cannot differ from From yet: send that number as From',
      createCall.codes,
    );
  }
  const to = callee(asked.To);
  const source = readSource(asked, request);
  if (source === undefined) {
    throw new Problem('missing-parameter', 'Send Url or Twiml: there is nothing that the call should do.', {
      field: 'Url',
      code: URL_PARAMETER,
    });
  }
  const callback = statusCallback(asked);
  const callerIds =
    'verbs' in source
      ? source.verbs.flatMap(verb => ('callerId' in verb && verb.callerId ? [verb.callerId] : []))
      : [];
  return {
    to,
    from: asked.From,
    fields: { to: 'To', from: 'From' },
    ...(callerIds.length > 0 && { callerIds: callerIds.map(number => ({ number, field: 'Twiml' })) }),
    entry: asked.SendDigits === undefined ? source : withDigits(asked.SendDigits, source),
    ...(callback && { callback }),
    ...(asked.Timeout !== undefined && { ringTimeoutSeconds: asked.Timeout }),
    ...(asked.TimeLimit !== undefined && { timeLimitSeconds: asked.TimeLimit }),
  };
}

export function decodeUpdate(request: ApiRequest): CallChange[] {
  const asked = read(filled(bodyParameters(request)), updateCall);
  const source = readSource(asked, request);
  const callback = statusCallback(asked);
  if (asked.Status !== undefined && source !== undefined) {
    throw refusal(
      'invalid-parameter',
      'Status',
      'ends the call, so it cannot come with Url or Twiml',
      updateCall.codes,
    );
  }
  const changes: CallChange[] = [
    ...(callback ? [{ callback }] : []),
    ...(asked.Status !== undefined ? [{ hangUp: asked.Status as 'completed' | 'canceled' }] : []),
    ...(source ? [{ redirect: source }] : []),
  ];
  if (changes.length > 0) return changes;
  throw new Problem(
    'missing-parameter',
    'There is nothing to change: send Status, Url, Twiml or StatusCallback (FallbackUrl goes with Url).',
    { field: 'Status' },
  );
}

export function decodeListCalls(request: ApiRequest): ListCalls {
  const asked = read(request.query, listCalls);
  const { size, token } = readPage(request);
  const started = readDateRange(request.query, 'StartTime');
  const ended = readDateRange(request.query, 'EndTime');
  const parentSid = asked.ParentCallSid === undefined ? undefined : parentIn(asked.ParentCallSid);
  const filter: CallFilter = {
    ...(asked.To !== undefined && { to: asked.To }),
    ...(asked.From !== undefined && { from: asked.From }),
    ...(parentSid !== undefined && { parentSid }),
    ...(asked.Status !== undefined &&
      asked.Status.length > 0 && { statuses: asked.Status.flatMap(word => STATUSES_OF_WORD[word] ?? []) }),
    ...(started.afterMs !== undefined && { startedAfterMs: started.afterMs }),
    ...(started.beforeMs !== undefined && { startedBeforeMs: started.beforeMs }),
    ...(ended.afterMs !== undefined && { endedAfterMs: ended.afterMs }),
    ...(ended.beforeMs !== undefined && { endedBeforeMs: ended.beforeMs }),
  };
  return { filter, pageSize: size, ...(token !== undefined && { pageToken: token }) };
}

export function decodeListNumbers(request: ApiRequest) {
  const { PhoneNumber: number, FriendlyName: friendlyName } = read(request.query, listNumbers);
  readPage(request);
  return { ...(number !== undefined && { number }), ...(friendlyName !== undefined && { friendlyName }) };
}

export function decodeUpdateNumber(request: ApiRequest): NumberChange {
  const asked = read(bodyParameters(request), updateNumber);
  const target = (name: 'Voice' | 'VoiceFallback', url?: string, how?: HttpMethod) =>
    newTarget({ url, how, fields: [`${name}Url`, `${name}Method`] });
  const voice = target('Voice', asked.VoiceUrl, asked.VoiceMethod);
  const voiceFallback = target('VoiceFallback', asked.VoiceFallbackUrl, asked.VoiceFallbackMethod);
  const statusCallback = newTarget({
    url: asked.StatusCallback,
    how: asked.StatusCallbackMethod,
    fields: ['StatusCallback', 'StatusCallbackMethod'],
  });
  return {
    ...(asked.FriendlyName !== undefined && { friendlyName: asked.FriendlyName }),
    ...(voice !== undefined && { voice }),
    ...(voiceFallback !== undefined && { voiceFallback }),
    ...(statusCallback !== undefined && { statusCallback }),
  };
}

/** The parameters of a create or an update that had no effect. */
export function withoutEffect(request: ApiRequest, contract: Contract): string[] {
  const pairs = filled(bodyParameters(request));
  const given = new Set(pairs.map(([name]) => name));
  const source = given.has('Url') ? OF_A_DOCUMENT_AT_HAND : OF_A_URL;
  return [
    ...unknownNames(pairs, contract),
    ...source.filter(name => given.has(name) && Object.hasOwn(contract.schema.shape, name)),
  ];
}

/** With a Url, a document at hand is not read; without one, nothing is asked. */
const OF_A_DOCUMENT_AT_HAND = ['Twiml', 'Laml'];
const OF_A_URL = ['Method', 'FallbackUrl', 'FallbackMethod'];

/** The codes of what is amiss with a document at hand although it is carried out. */
export function documentWarnings(request: ApiRequest): number[] {
  const pairs = filled(bodyParameters(request));
  const text = pairs.find(([name]) => name === 'Url')
    ? undefined
    : pairs.find(([name]) => name === 'Twiml' || name === 'Laml');
  if (text === undefined) return [];
  return parseInline(text[1], text[0], request.nowMs).notifications.map(({ code }) => code);
}

/** An empty parameter says nothing. */
const filled = (pairs: Pairs) => pairs.filter(([, value]) => value !== '');

interface Source {
  Url?: string | undefined;
  Method?: HttpMethod | undefined;
  FallbackUrl?: string | undefined;
  FallbackMethod?: HttpMethod | undefined;
  Twiml?: string | undefined;
  Laml?: string | undefined;
}

function readSource(asked: Source, { nowMs }: ApiRequest): Entry | undefined {
  if (asked.Url !== undefined) {
    return {
      target: { url: asked.Url, method: asked.Method ?? 'POST' },
      ...(asked.FallbackUrl !== undefined && {
        fallback: { url: asked.FallbackUrl, method: asked.FallbackMethod ?? 'POST' },
      }),
    };
  }
  for (const field of ['Twiml', 'Laml'] as const) {
    const text = asked[field];
    if (text !== undefined) return { verbs: parseInline(text, field, nowMs).verbs };
  }
  return undefined;
}

function parseInline(body: string, field: string, nowMs: number): ParsedDocument {
  try {
    return parse({ body, nowMs });
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new Problem('invalid-document', `${field}: ${error.message}`, {
      field,
      code: error.code,
      cause: error,
    });
  }
}

function withDigits(digits: string, entry: Entry): Entry {
  if ('verbs' in entry) return { verbs: [{ verb: 'SendDigits', digits, loop: 1 }, ...entry.verbs] };
  throw refusal(
    'invalid-parameter',
    'SendDigits',
    'works together with Twiml only so far: begin the document at Url with <Play digits="…"/> instead',
    createCall.codes,
  );
}

function callee(text: string): string {
  const to = destination(tidyNumber(text));
  if (to.kind === 'pstn') return to.number;
  const codes: Codes = { To: to.kind === 'sip' || text.startsWith('client:') ? 21217 : 21211 };
  if (to.kind === 'sip') {
    throw refusal(
      'unroutable',
      'To',
      'is a SIP address, which cannot be called yet: give a number in E.164 form',
      codes,
    );
  }
  if (text.startsWith('client:')) {
    throw refusal(
      'unroutable',
      'To',
      'is a client, which there are none of yet: give a number in E.164 form',
      codes,
    );
  }
  throw refusal(
    'invalid-parameter',
    'To',
    `is "${shown(text)}", which is no number in E.164 form, such as +12025550100`,
    codes,
  );
}

function statusCallback(asked: {
  StatusCallback?: string | undefined;
  StatusCallbackMethod?: HttpMethod | undefined;
  StatusCallbackEvent?: string[] | undefined;
}): StatusCallback | undefined {
  const { StatusCallback: url, StatusCallbackMethod: how = 'POST', StatusCallbackEvent: given = [] } = asked;
  if (url === undefined) return undefined;
  return { url, method: how, events: given.length === 0 ? [...DEFAULT_EVENTS] : eventsOf(given) };
}

/** An empty URL takes the target away; a method alone changes nothing that could be told apart from a mistake. */
function newTarget({
  url,
  how,
  fields: [urlField, methodField],
}: {
  url: string | undefined;
  how: HttpMethod | undefined;
  fields: [string, string];
}): WebTarget | null | undefined {
  if (url === '') return null;
  if (url !== undefined) return { url, method: how ?? 'POST' };
  if (how === undefined) return undefined;
  throw new Problem('missing-parameter', `${methodField} goes with ${urlField}: send both.`, {
    field: urlField,
  });
}

function parentIn(text: string): string {
  const sid = parseSid('CA', text);
  if (sid !== undefined) return sid;
  throw new Problem('invalid-parameter', 'ParentCallSid has to be CA and 32 hex digits, or a UUID.', {
    field: 'ParentCallSid',
  });
}
