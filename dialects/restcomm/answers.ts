/** What answers of this API look like in JSON, and what customers' servers are sent. What is absent is left out. */
import * as z from 'zod';

const text = z.string();
const maybe = z.string().optional();
const dates = { date_created: text.describe('RFC 2822.'), date_updated: text.describe('RFC 2822.') };
const voice = {
  voice_url: maybe,
  voice_method: maybe,
  voice_fallback_url: maybe,
  voice_fallback_method: maybe,
  voice_application_sid: maybe,
};

export const callAnswer = z
  .object({
    sid: text,
    InstanceId: text,
    ...dates,
    parent_call_sid: maybe,
    account_sid: text,
    to: text,
    from: text,
    status: text,
    start_time: z.iso.datetime().optional(),
    end_time: z.iso.datetime().optional(),
    duration: z.int().optional().describe('Seconds.'),
    price_unit: text,
    direction: z.enum(['inbound', 'outbound-api', 'outbound-dial']),
    api_version: text,
    forwarded_from: maybe,
    caller_name: text,
    uri: text,
    subresource_uris: z.object({ notifications: text }),
    ring_duration: z.int().optional().describe('Seconds.'),
  })
  .meta({ id: 'RestcommCall' });

export const applicationAnswer = z
  .object({
    sid: text,
    ...dates,
    friendly_name: text,
    account_sid: text,
    api_version: text,
    voice_caller_id_lookup: z.boolean(),
    uri: text,
    rcml_url: maybe,
    kind: z.literal('voice'),
    delay_answer: z.boolean(),
  })
  .meta({ id: 'RestcommApplication' });

export const clientAnswer = z
  .object({
    sid: text,
    ...dates,
    account_sid: text,
    api_version: text,
    friendly_name: text,
    login: text,
    status: z.literal(1),
    ...voice,
    uri: text,
  })
  .meta({ id: 'RestcommClient' });

export const numberAnswer = z
  .object({
    sid: text,
    account_sid: text,
    friendly_name: text,
    phone_number: text,
    ...dates,
    ...voice,
    status_callback: maybe,
    status_callback_method: maybe,
    voice_caller_id_lookup: z.boolean(),
    capabilities: z.object({
      voice_capable: z.boolean(),
      sms_capable: z.boolean(),
      mms_capable: z.boolean(),
      fax_capable: z.boolean(),
    }),
    api_version: text,
    uri: text,
  })
  .meta({ id: 'RestcommIncomingPhoneNumber' });

export const notificationAnswer = z
  .object({
    sid: text,
    ...dates,
    account_sid: text,
    call_sid: text,
    api_version: text,
    log: z.int().describe('0 is an error, 1 a warning.'),
    error_code: z.int(),
    message_text: text,
    message_date: text,
    request_url: maybe,
    uri: text,
  })
  .meta({ id: 'RestcommNotification' });

/** A page of them, under their own key. */
export const pageOf = (key: string, item: z.ZodType) =>
  z.object({
    page: z.int(),
    num_pages: z.int(),
    page_size: z.int(),
    total: z.int(),
    start: z.int(),
    end: z.int(),
    uri: text,
    first_page_uri: text,
    previous_page_uri: text.nullable(),
    next_page_uri: text.nullable(),
    last_page_uri: text,
    [key]: z.array(item),
  });

export const problemAnswer = z.object({ message: text }).meta({ id: 'RestcommProblem' });

const count = z.string().regex(/^\d+$/);
const standard = {
  CallSid: text,
  InstanceId: text,
  AccountSid: text,
  From: text,
  To: text,
  CallStatus: text,
  ApiVersion: text,
  Direction: text,
  CallerName: text,
  ForwardedFrom: text,
  CallTimestamp: z.iso.datetime(),
};

export const documentRequest = z
  .looseObject({
    ...standard,
    Digits: maybe,
    DialCallStatus: maybe,
    DialCallSid: maybe,
    DialCallDuration: count.optional(),
    DialRingDuration: count.optional(),
    DialSipCallId: maybe,
    DialSipResponseCode: count.optional(),
    SipCallId: maybe,
  })
  .meta({ id: 'RestcommDocumentRequest' });

export const statusCallback = z
  .looseObject({
    ...standard,
    ParentCallSid: maybe,
    CallDuration: count.optional(),
    Timestamp: text.describe('RFC 2822.'),
    CallbackSource: z.literal('call-progress-events'),
    SequenceNumber: count,
  })
  .meta({ id: 'RestcommStatusCallback' });
