/** What each request may say: its parameters, what they take, and the numbers of what they do not. */
import * as z from 'zod';
import { DEFAULT_TIME_LIMIT_SECONDS } from '../../core/limits.ts';
import { dateFilters } from '../dates.ts';
import { type Contract, flag, method, notYet, oneOf, webAddress, whole, words } from '../parameters.ts';
import { tidyNumber } from '../text.ts';
import { MAX_CREDENTIAL_CHARACTERS } from './markup/sip.ts';
import { PAGE_PARAMETERS } from './paging.ts';
import { EVENT_WORDS, STATUSES_OF_WORD } from './status-words.ts';

export const MAX_TWIML_CHARACTERS = 4_000;
/** How long a REST call may be asked to ring. */
export const MAX_TIMEOUT_SECONDS = 600;

/** Neither Url nor Twiml, or a wrong one. */
export const URL_PARAMETER = 21205;
export const METHOD = 21209;
export const CALLBACK_URL = 21456;
export const WEB_ADDRESS = 21402;
const ANSWERING_MACHINE = 21234;

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

const credential = z
  .string()
  .max(MAX_CREDENTIAL_CHARACTERS, `is longer than ${MAX_CREDENTIAL_CHARACTERS} characters`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not get in.
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'has characters that cannot be sent');

export const createCall = {
  lists: ['StatusCallbackEvent', 'RecordingStatusCallbackEvent'],
  schema: z.object({
    To: z.string(),
    From: z.string(),
    ...sourceShape,
    ...callbackShape,
    ...idleShape,
    ApplicationSid: z.string().optional(),
    CallerId: z.string().optional(),
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
    SipAuthUsername: credential.optional(),
    SipAuthPassword: credential.optional(),
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
    SipAuthUsername: 21221,
    SipAuthPassword: { missing: 21225, invalid: 21223 },
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

/** What every list takes. */
export const pagingShape = Object.fromEntries(PAGE_PARAMETERS.map(name => [name, z.string().optional()]));
const dates = (name: string) =>
  Object.fromEntries(dateFilters(name).map(each => [each, z.string().optional()]));

export const listCalls = {
  lists: ['Status'],
  schema: z.object({
    ...pagingShape,
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

export const listPlain = { schema: z.object(pagingShape), codes: {} } as const satisfies Contract;

export const listNotifications = {
  schema: z.object({ ...pagingShape, ...dates('MessageDate'), Log: oneOf('0', '1').optional() }),
  codes: {},
} as const satisfies Contract;
