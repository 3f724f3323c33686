/** What each request may say: its parameters, and what they take. The platform has no numbers for what they do not. */
import * as z from 'zod';
import { MAX_FRIENDLY_NAME_CHARACTERS } from '../../core/application.ts';
import { CLIENT_NAME, MAX_PASSWORD_CHARACTERS, MIN_PASSWORD_CHARACTERS } from '../../core/client.ts';
import {
  addressOrNothing,
  type Contract,
  flag,
  method,
  notYet,
  oneOf,
  webAddress,
  whole,
} from '../parameters.ts';
import { tidyNumber } from '../text.ts';
import { EVENT_SEPARATOR, EVENTS, eventsOf } from './status-words.ts';

/** How long a call may be asked to ring. */
export const MAX_TIMEOUT_SECONDS = 600;
export const MAX_CREDENTIAL_CHARACTERS = 255;

/** Words with commas between them; one that there is not means nothing. */
const events = z
  .string()
  .transform(text => eventsOf(text.trim().split(EVENT_SEPARATOR)))
  .refine(found => found.length > 0, `has to name some of ${EVENTS.join(', ')}`);

const credential = z
  .string()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not get in.
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not contain control characters')
  .max(MAX_CREDENTIAL_CHARACTERS, `is longer than ${MAX_CREDENTIAL_CHARACTERS} characters`);

const source = {
  Url: webAddress.optional(),
  Method: method.optional(),
  FallbackUrl: webAddress.optional(),
  FallbackMethod: method.optional(),
  StatusCallback: webAddress.optional(),
  StatusCallbackMethod: method.optional(),
};

export const createCall = {
  schema: z.object({
    ...source,
    From: z.string(),
    To: z.string(),
    Url: webAddress,
    StatusCallbackEvent: events.optional(),
    Timeout: whole(1, MAX_TIMEOUT_SECONDS).optional(),
    Username: credential.optional(),
    Password: credential.optional(),
    ApiVersion: z.string().optional(),
  }),
  codes: {},
} as const satisfies Contract;

export const updateCall = {
  schema: z.object({
    ...source,
    Status: oneOf('canceled', 'completed').optional(),
    MoveConnectedCallLeg: flag.optional(),
    Mute: flag.optional(),
  }),
  codes: {},
} as const satisfies Contract;

const pageShape = { Page: z.string().optional(), PageSize: z.string().optional() };

/** What a list can be sorted by; calls have no price, so that one leaves them as they are. */
export const SORT_NAMES = ['DateCreated', 'From', 'To', 'Direction', 'Status', 'Duration', 'Price'] as const;

export const listCalls = {
  schema: z.object({
    ...pageShape,
    To: z.string().transform(tidyNumber).optional(),
    From: z.string().transform(tidyNumber).optional(),
    Status: z.string().optional(),
    StartTime: z.string().optional(),
    EndTime: z.string().optional(),
    ParentCallSid: z.string().optional(),
    ConferenceSid: z.string().optional(),
    SubAccounts: z.string().optional(),
    localOnly: z.string().optional(),
    SortBy: z
      .string()
      .regex(
        new RegExp(`^(?:${SORT_NAMES.join('|')})(?::(?:asc|desc))?$`),
        `has to be one of ${SORT_NAMES.join(', ')}, with :asc or :desc after it`,
      )
      .optional(),
    Reverse: z.string().optional(),
  }),
  codes: {},
} as const satisfies Contract;

const friendlyName = z
  .string()
  .max(MAX_FRIENDLY_NAME_CHARACTERS, `is longer than ${MAX_FRIENDLY_NAME_CHARACTERS} characters`);

const applicationSid = z
  .string()
  .regex(/^(?:AP[0-9a-f]{32})?$/, 'has to be the SID of an application, AP and 32 hex digits, or empty');

const voiceShape = {
  FriendlyName: friendlyName.optional(),
  VoiceUrl: addressOrNothing.optional(),
  VoiceMethod: method.optional(),
  VoiceFallbackUrl: addressOrNothing.optional(),
  VoiceFallbackMethod: method.optional(),
  VoiceApplicationSid: applicationSid.optional(),
};

export const changeApplication = {
  schema: z.object({
    FriendlyName: friendlyName.optional(),
    RcmlUrl: addressOrNothing.optional(),
    Kind: notYet(['voice'], 'has to be voice: there are no other applications here').optional(),
    DelayAnswer: flag.optional(),
    ApiVersion: z.string().optional(),
    HasVoiceCallerIdLookup: z.string().optional(),
    VoiceCallerIdLookup: z.string().optional(),
  }),
  codes: {},
} as const satisfies Contract;

export const createApplication = {
  schema: changeApplication.schema.extend({
    FriendlyName: friendlyName.min(1, 'must not be empty'),
  }),
  codes: {},
} as const satisfies Contract;

const password = z
  .string()
  .min(MIN_PASSWORD_CHARACTERS, `must have at least ${MIN_PASSWORD_CHARACTERS} characters`)
  .max(MAX_PASSWORD_CHARACTERS, `must have at most ${MAX_PASSWORD_CHARACTERS} characters`);

export const changeClient = {
  schema: z.object({
    ...voiceShape,
    Password: password.optional(),
    Status: notYet(['1'], 'has to be 1: a client that is not wanted any more is deleted').optional(),
    IsPushEnabled: z.string().optional(),
  }),
  codes: {},
} as const satisfies Contract;

export const createClient = {
  schema: changeClient.schema.extend({
    Login: z
      .string()
      .regex(
        CLIENT_NAME,
        'must have 1 to 64 letters, digits, dots, hyphens or underscores, and begin with a letter or digit',
      ),
    Password: password,
  }),
  codes: {},
} as const satisfies Contract;

export const changeNumber = {
  schema: z.object({
    ...voiceShape,
    StatusCallback: addressOrNothing.optional(),
    StatusCallbackMethod: method.optional(),
    ReferUrl: addressOrNothing.optional(),
    ReferMethod: method.optional(),
  }),
  codes: {},
} as const satisfies Contract;

export const listNumbers = {
  schema: z.object({
    ...pageShape,
    PhoneNumber: z.string().transform(tidyNumber).optional(),
    FriendlyName: z.string().optional(),
  }),
  codes: {},
} as const satisfies Contract;

export const listApplications = {
  schema: z.object({ ...pageShape, FriendlyName: z.string().optional() }),
  codes: {},
} as const satisfies Contract;

export const listPlain = { schema: z.object(pageShape), codes: {} } as const satisfies Contract;
