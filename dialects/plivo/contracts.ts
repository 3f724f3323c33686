/** What each request may say: its parameters and what they take. Plivo numbers no errors. */
import * as z from 'zod';
import { MAX_FRIENDLY_NAME_CHARACTERS } from '../../core/application.ts';
import { CLIENT_NAME, MAX_PASSWORD_CHARACTERS, MIN_PASSWORD_CHARACTERS } from '../../core/client.ts';
import { type Contract, flag, method, notYet, oneOf, webAddress, whole } from '../parameters.ts';
import { pageShape } from './paging.ts';

export const MAX_DESTINATIONS = 1_000;
export const MAX_CALLER_NAME_CHARACTERS = 50;
export const MAX_RING_TIMEOUT_SECONDS = 600;
/** A longer `time_limit` is taken for this. */
export const MAX_TIME_LIMIT_SECONDS = 86_400;
export const MAX_SEND_DIGITS = 500;
const MAX_SIP_HEADERS_CHARACTERS = 4_096;
const MANY = 999_999_999;

const NO_MACHINES = 'cannot be granted, as nobody can tell a machine from a human yet: leave it out';
const NO_SPAWNING =
  'cannot be granted: the answer to the request itself tells what came of it, so leave it out';

/** Of what is not there: taken, checked, and without effect. */
const idleShape = {
  machine_detection_time: whole(2_000, 10_000).optional(),
  machine_detection_url: webAddress.optional(),
  machine_detection_method: method.optional(),
  machine_detection_maximum_speech_length: whole(1_000, 6_000).optional(),
  machine_detection_initial_silence: whole(2_000, 10_000).optional(),
  machine_detection_maximum_words: whole(2, 10).optional(),
  machine_detection_initial_greeting: whole(1_000, 5_000).optional(),
};

/** Without effect, whatever they say. There are no conferences, so no call of one is found as a parent. */
export const IDLE_ON_CREATE: readonly string[] = ['parent_call_uuid', ...Object.keys(idleShape)];

export const createCall = {
  schema: z.object({
    from: z.string(),
    to: z.string(),
    answer_url: webAddress,
    answer_method: method.optional(),
    ring_url: webAddress.optional(),
    ring_method: method.optional(),
    hangup_url: webAddress.optional(),
    hangup_method: method.optional(),
    fallback_url: webAddress.optional(),
    /** As the official clients' own documentation calls it. */
    fallback_answer_url: webAddress.optional(),
    fallback_method: method.optional(),
    caller_name: z
      .string()
      .regex(
        new RegExp(`^[^\\p{C}"\\\\]{0,${MAX_CALLER_NAME_CHARACTERS}}$`, 'u'),
        `has to have at most ${MAX_CALLER_NAME_CHARACTERS} characters, and no quotation marks`,
      )
      .optional(),
    send_digits: z
      .string()
      .regex(
        new RegExp(`^(?:[\\d*#wW]|@\\d{1,5}){1,${MAX_SEND_DIGITS}}$`),
        `has to be 1 to ${MAX_SEND_DIGITS} of 0-9 * # w W, perhaps with the length of a tone such as @1000`,
      )
      .optional(),
    send_on_preanswer: notYet(
      ['false'],
      'cannot be granted, as digits are pressed once the call was answered: leave it out',
    ).optional(),
    time_limit: whole(1, MANY).optional(),
    hangup_on_ring: whole(0, MAX_RING_TIMEOUT_SECONDS).optional(),
    ring_timeout: whole(1, MAX_RING_TIMEOUT_SECONDS).optional(),
    sip_headers: z
      .string()
      .max(MAX_SIP_HEADERS_CHARACTERS, `is longer than ${MAX_SIP_HEADERS_CHARACTERS} characters`)
      .optional(),
    machine_detection: notYet(['false'], NO_MACHINES).optional(),
    parent_call_uuid: z.guid('has to be a UUID').optional(),
    error_if_parent_not_found: flag.optional(),
    callback_url: webAddress.optional(),
    callback_method: method.optional(),
    ...idleShape,
  }),
  codes: {},
} as const satisfies Contract;

export const transferCall = {
  schema: z.object({
    legs: oneOf('aleg', 'bleg', 'both').optional(),
    aleg_url: webAddress.optional(),
    aleg_method: method.optional(),
    bleg_url: webAddress.optional(),
    bleg_method: method.optional(),
    callback_url: notYet([], NO_SPAWNING).optional(),
    callback_method: method.optional(),
  }),
  codes: {},
} as const satisfies Contract;

const END_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?$/;
const moment = z
  .string()
  .refine(
    text => END_TIME.test(text) && !Number.isNaN(Date.parse(`${text.replace(' ', 'T')}Z`)),
    'has to be a time in UTC such as 2026-01-31 18:30:00',
  )
  .transform(text => Date.parse(`${text.replace(' ', 'T')}Z`));

export const COMPARISONS = ['', '__gt', '__gte', '__lt', '__lte'] as const;
const compared = <T extends z.ZodType>(name: string, each: T) =>
  Object.fromEntries(COMPARISONS.map(suffix => [name + suffix, each.optional()]));

export const listCalls = {
  schema: z.object({
    ...pageShape,
    status: oneOf('live', 'queued').optional(),
    subaccount: z.string().optional(),
    call_direction: oneOf('inbound', 'outbound').optional(),
    from_number: z.string().optional(),
    to_number: z.string().optional(),
    parent_call_uuid: z.string().optional(),
    hangup_cause_code: whole(0, 9_999).optional(),
    hangup_source: z.string().optional(),
    ...compared('bill_duration', whole(0, MANY)),
    ...compared('end_time', moment),
  }),
  codes: {},
} as const satisfies Contract;

export const readCall = {
  schema: z.object({ status: oneOf('live', 'queued').optional() }),
  codes: {},
} as const satisfies Contract;

/** An empty URL takes what it names away. */
const addressOrNothing = z.union(
  [z.literal(''), webAddress],
  'has to be an absolute http or https URL, or empty',
);

const NO_SUBACCOUNT = 'names a subaccount, and there are none: leave it out';
const voiceShape = {
  answer_url: addressOrNothing.optional(),
  answer_method: method.optional(),
  hangup_url: addressOrNothing.optional(),
  hangup_method: method.optional(),
  fallback_answer_url: addressOrNothing.optional(),
  fallback_method: method.optional(),
  message_url: notYet([''], 'cannot be called, as there are no messages: leave it out').optional(),
  message_method: method.optional(),
  default_number_app: notYet(['false'], 'cannot be granted: give each number its application').optional(),
  default_endpoint_app: notYet(['false'], 'cannot be granted: give each endpoint its application').optional(),
  subaccount: notYet([''], NO_SUBACCOUNT).optional(),
  log_incoming_messages: flag.optional(),
  public_uri: notYet(['false'], 'cannot be granted: an application has no address of its own').optional(),
};

const appName = z
  .string()
  .regex(
    new RegExp(`^[^\\p{C}]{1,${MAX_FRIENDLY_NAME_CHARACTERS}}$`, 'u'),
    `has to have 1 to ${MAX_FRIENDLY_NAME_CHARACTERS} characters`,
  );

export const createApplication = {
  schema: z.object({ app_name: appName, ...voiceShape }),
  codes: {},
} as const satisfies Contract;

export const changeApplication = {
  schema: z.object({ app_name: appName.optional(), ...voiceShape }),
  codes: {},
} as const satisfies Contract;

export const changeNumber = {
  schema: z.object({
    alias: appName.optional(),
    app_id: z.string().optional(),
    subaccount: notYet([''], NO_SUBACCOUNT).optional(),
  }),
  codes: {},
} as const satisfies Contract;

export const listNumbers = {
  schema: z.object({
    ...pageShape,
    number_startswith: z
      .string()
      .regex(/^\d{1,15}$/, 'has to be 1 to 15 digits')
      .optional(),
    alias: z.string().optional(),
  }),
  codes: {},
} as const satisfies Contract;

const password = z
  .string()
  .min(MIN_PASSWORD_CHARACTERS, `has to have ${MIN_PASSWORD_CHARACTERS} characters or more`)
  .max(MAX_PASSWORD_CHARACTERS, `has to have at most ${MAX_PASSWORD_CHARACTERS} characters`);
const alias = z
  .string()
  .regex(
    new RegExp(`^[^\\p{C}]{1,${MAX_FRIENDLY_NAME_CHARACTERS}}$`, 'u'),
    `has to have 1 to ${MAX_FRIENDLY_NAME_CHARACTERS} characters`,
  );

export const createEndpoint = {
  schema: z.object({
    username: z.string().regex(CLIENT_NAME, 'has to have 1 to 64 letters and digits'),
    password,
    alias,
    app_id: z.string().optional(),
  }),
  codes: {},
} as const satisfies Contract;

export const changeEndpoint = {
  schema: z.object({
    username: z.string().optional(),
    password: password.optional(),
    alias: alias.optional(),
    app_id: z.string().optional(),
  }),
  codes: {},
} as const satisfies Contract;
