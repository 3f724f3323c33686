/** What answers and requests of this API look like: the union of what both platforms say. */
import * as z from 'zod';
import { STATUS_WORDS } from './status-words.ts';

const text = z.string();
const orNull = z.string().nullable();
/** RFC 2822. */
const date = z.string().nullable().describe('RFC 2822.');
const direction = z.enum(['inbound', 'outbound-api', 'outbound-dial']);

const callStatus = z.enum([...new Set(Object.values(STATUS_WORDS))] as [string, ...string[]]);

export const callAnswer = z
  .object({
    sid: text,
    account_sid: text,
    parent_call_sid: orNull,
    phone_number_sid: z.null(),
    group_sid: z.null(),
    trunk_sid: z.null(),
    to: text,
    from: text,
    to_formatted: text,
    from_formatted: text,
    formatted_to: text,
    formatted_from: text,
    status: callStatus,
    direction,
    date_created: date,
    date_updated: date,
    start_time: date,
    end_time: date,
    duration: z
      .union([z.int(), text])
      .nullable()
      .describe('Seconds: a number in one spelling, a text in the other.'),
    price: z.null(),
    price_unit: text,
    answered_by: z.null(),
    api_version: text,
    forwarded_from: z.null(),
    caller_name: z.null(),
    annotation: z.null(),
    queue_time: text,
    uri: text,
    subresource_uris: z.object({ events: text, notifications: text, recordings: z.null() }),
    sip_result_code: orNull,
    audio_in_mos: orNull,
    audio_rtt_avg: z.null(),
    audio_rtt_min: z.null(),
    audio_rtt_max: z.null(),
    audio_out_jitter_min: z.null(),
    audio_out_jitter_max: z.null(),
    audio_out_jitter_avg: z.null(),
    audio_out_lost: z.null(),
  })
  .meta({ id: 'SignalWireCall' });

/** What becomes of calls, of a number and of an application. */
const voiceFields = {
  voice_url: text,
  voice_method: text,
  voice_fallback_url: text,
  voice_fallback_method: text,
  voice_caller_id_lookup: z.boolean(),
  status_callback: text,
  status_callback_method: text,
  sms_url: text,
  sms_method: text,
  sms_fallback_url: text,
  sms_fallback_method: text,
};

export const applicationAnswer = z
  .object({
    sid: text,
    account_sid: text,
    friendly_name: text,
    api_version: text,
    date_created: date,
    date_updated: date,
    ...voiceFields,
    sms_status_callback: text,
    message_status_callback: text,
    uri: text,
  })
  .meta({ id: 'SignalWireApplication' });

export const numberAnswer = z
  .object({
    sid: text,
    account_sid: text,
    friendly_name: text,
    phone_number: text,
    api_version: text,
    date_created: date,
    date_updated: date,
    ...voiceFields,
    voice_application_sid: orNull,
    voice_receive_mode: text,
    sms_application_sid: z.null(),
    trunk_sid: z.null(),
    address_sid: z.null(),
    address_requirements: text,
    identity_sid: z.null(),
    bundle_sid: z.null(),
    emergency_status: text,
    emergency_address_sid: z.null(),
    emergency_address_status: text,
    capabilities: z.object({ voice: z.boolean(), sms: z.boolean(), mms: z.boolean(), fax: z.boolean() }),
    beta: z.boolean(),
    origin: text,
    status: text,
    uri: text,
  })
  .meta({ id: 'SignalWireIncomingPhoneNumber' });

export const eventAnswer = z
  .object({
    request: z.object({ method: text, url: text, parameters: z.record(text, z.unknown()) }),
    response: z
      .object({
        date_created: date,
        request_duration: z.number(),
        response_code: z.int().nullable(),
        content_type: z.null(),
        response_body: z.null(),
        error: orNull,
      })
      .nullable(),
    state: text,
  })
  .meta({ id: 'SignalWireEvent' });

export const notificationAnswer = z
  .object({
    sid: text,
    account_sid: text,
    call_sid: text,
    api_version: text,
    log: z.enum(['0', '1']).describe('0 is an error, 1 a warning.'),
    error_code: text,
    message_text: text,
    more_info: text,
    message_date: date,
    date_created: date,
    date_updated: date,
    request_method: z.null(),
    request_url: orNull,
    uri: text,
  })
  .meta({ id: 'SignalWireNotification' });

/** A page of them, under their own key. */
export const pageOf = (key: string, item: z.ZodType) =>
  z.object({
    uri: text,
    first_page_uri: text,
    next_page_uri: orNull,
    previous_page_uri: orNull,
    page: z.int(),
    page_size: z.int(),
    start: z.int(),
    end: z.int(),
    [key]: z.array(item),
  });

export const problemAnswer = z
  .object({ code: z.int(), message: text, more_info: z.url(), status: z.int() })
  .meta({ id: 'SignalWireProblem' });

/** Of every request to a customer's server. */
const standard = {
  AccountSid: text,
  ApiVersion: text,
  CallSid: text,
  ParentCallSid: text.optional(),
  CallStatus: text,
  Direction: direction,
  From: text,
  To: text,
  Caller: text,
  Called: text,
};
const count = z.string().regex(/^\d+$/);

export const documentRequest = z
  .looseObject({
    ...standard,
    DialCallStatus: text.optional(),
    DialCallSid: text.optional(),
    DialCallDuration: count.optional(),
    DialBridged: z.enum(['true', 'false']).optional(),
    DialSipCallId: text.optional(),
    DialSipResponseCode: count.optional(),
    SipCallId: text.optional(),
    ErrorCode: count.optional(),
    ErrorUrl: text.optional(),
  })
  .meta({ id: 'SignalWireDocumentRequest' });

export const statusCallback = z
  .object({
    ...standard,
    AudioInAveragePtime: count,
    AudioInDtmfPacketCount: count,
    AudioInFlushPacketCount: count,
    AudioInJitterMaxVariance: count,
    AudioInJitterMinVariance: count,
    AudioInLargestJbSize: count,
    AudioInMos: z.string().regex(/^\d\.\d\d$/),
    AudioInMediaPacketCount: count,
    AudioInSkipPacketCount: count,
    AudioOutDtmfPacketCount: count,
    AudioOutMediaPacketCount: count,
    CallbackSource: z.literal('call-progress-events'),
    SequenceNumber: count,
    Timestamp: text.describe('RFC 2822.'),
    CallDuration: count.optional(),
    Duration: count.optional(),
    SipResultCode: count.optional(),
    SipResponseCode: count.optional(),
  })
  .meta({ id: 'SignalWireStatusCallback' });
