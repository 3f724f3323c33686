/** What answers of this API look like, and what customers' servers are sent. */
import * as z from 'zod';

const text = z.string();
const orNull = z.string().nullable();
const uuid = z.guid();
const time = z.string().nullable().describe('UTC, as `2026-01-31 18:30:00+00:00`.');

/** Every answer that has a body names its request. */
export const answer = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.object({ api_id: uuid, ...shape });

export const firedAnswer = answer({
  message: z.enum(['call fired', 'calls fired']),
  request_uuid: z.union([uuid, z.array(uuid)]).describe('A list where several destinations were given.'),
}).meta({ id: 'PlivoCallFired' });

export const SPAWNED = 'async api spawned';
export const spawnedAnswer = answer({ message: z.literal(SPAWNED) }).describe(
  'Where there is a `callback_url`, which is told the rest.',
);

export const transferredAnswer = answer({ message: text, call_uuids: z.array(uuid) });
export const changedAnswer = answer({ message: z.literal('changed') });

/** A call that is over. */
export const finishedCall = z
  .object({
    answer_time: time,
    bill_duration: z.int(),
    billed_duration: z.int(),
    call_direction: z.enum(['inbound', 'outbound']),
    call_duration: z.int(),
    call_state: orNull,
    call_status: text,
    call_uuid: uuid,
    conference_uuid: z.null(),
    end_time: time,
    from_number: text,
    hangup_cause_code: z.int(),
    hangup_cause_name: text,
    hangup_source: text,
    initiation_time: time,
    parent_call_uuid: uuid.nullable(),
    resource_uri: text,
    to_number: text,
    total_amount: text,
    total_rate: text,
  })
  .meta({ id: 'PlivoCall' });

/** A call that is not over. */
export const liveCall = z
  .object({
    call_status: text,
    call_uuid: uuid,
    caller_name: text,
    direction: z.enum(['inbound', 'outbound']),
    from: text,
    to: text,
    request_uuid: uuid,
    session_start: text.optional(),
  })
  .meta({ id: 'PlivoLiveCall' });

export const notification = z
  .object({
    notification_uuid: uuid,
    code: z.int(),
    level: z.enum(['error', 'warning']),
    message: text,
    url: orNull,
    time,
  })
  .meta({ id: 'PlivoNotification' });

export const application = z
  .object({
    app_id: uuid,
    app_name: text,
    application_type: text,
    answer_url: text,
    answer_method: text,
    hangup_url: text,
    hangup_method: text,
    fallback_answer_url: text,
    fallback_method: text,
    message_url: text,
    message_method: text,
    default_app: z.boolean(),
    default_endpoint_app: z.boolean(),
    enabled: z.boolean(),
    public_uri: z.boolean(),
    log_incoming_messages: z.boolean(),
    sub_account: z.null(),
    sip_uri: z.null(),
    resource_uri: text,
  })
  .meta({ id: 'PlivoApplication' });

export const number = z
  .object({
    number: text,
    alias: text,
    application: orNull,
    voice_enabled: z.literal(true),
    sms_enabled: z.literal(false),
    active: z.literal(true),
    resource_uri: text,
  })
  .meta({ id: 'PlivoNumber' });

export const endpoint = z
  .object({
    endpoint_id: text,
    username: text,
    alias: text,
    application: orNull,
    app_id: uuid.nullable(),
    password: text.describe('A mark of it: it is another one after every change.'),
    sip_uri: text,
    resource_uri: text,
  })
  .meta({ id: 'PlivoEndpoint' });

export const page = (objects: z.ZodType) =>
  answer({
    meta: z.object({
      limit: z.int(),
      offset: z.int(),
      total_count: z.int(),
      previous: orNull,
      next: orNull,
    }),
    objects: z.array(objects),
  });

export const callList = z.union([page(finishedCall), answer({ calls: z.array(uuid) })]);
export const callAnswer = z.union([answer(finishedCall.shape), answer(liveCall.shape)]);

export const problemAnswer = answer({ error: text.describe('What is wrong, and what to do.') }).meta({
  id: 'PlivoProblem',
});

const standard = {
  CallUUID: uuid,
  From: text,
  To: text,
  Direction: z.enum(['inbound', 'outbound']),
  Event: text,
  SessionStart: text,
  ParentAuthID: text,
  CallerName: text.optional(),
  ForwardedFrom: text.optional(),
  ALegUUID: uuid.optional(),
  ALegRequestUUID: uuid.optional(),
  RequestUUID: uuid.optional(),
  CallStatus: text,
  BillRate: text.optional(),
  'SIP-H-To': text.optional(),
};

/** `X-PH-…` are those of the call. */
export const documentRequest = z
  .looseObject({
    ...standard,
    Digits: text.optional(),
    DialStatus: text.optional(),
    DialRingStatus: z.enum(['true', 'false']).optional(),
    DialHangupCause: text.optional(),
    DialALegUUID: uuid.optional(),
    DialBLegUUID: z.union([uuid, z.literal('')]).optional(),
  })
  .meta({ id: 'PlivoDocumentRequest' });

const ofAnEnd = (of: string) =>
  Object.fromEntries(
    [
      'Duration',
      'BillDuration',
      'TotalCost',
      'HangupCause',
      'HangupCauseName',
      'HangupCauseCode',
      'HangupSource',
    ].map(name => [of + name, text.optional()]),
  );

export const statusCallback = z
  .looseObject({
    ...standard,
    ...ofAnEnd(''),
    ...ofAnEnd('DialBLeg'),
    api_id: uuid.optional(),
    message: text.optional(),
    request_uuid: uuid.optional(),
    StartTime: text.optional(),
    AnswerTime: text.optional(),
    EndTime: text.optional(),
    DialAction: text.optional(),
    DialDigitsMatch: text.optional(),
    DialDigitsPressedBy: z.enum(['ALeg', 'BLeg']).optional(),
    DialALegUUID: uuid.optional(),
    DialBLegUUID: uuid.optional(),
    DialBLegStatus: text.optional(),
    DialBLegFrom: text.optional(),
    DialBLegTo: text.optional(),
  })
  .meta({ id: 'PlivoStatusCallback' });
