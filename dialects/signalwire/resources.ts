/** Resources as both platforms show them: the union of their fields. A date that is unknown is null, never left out. */
import type * as z from 'zod';
import { type Call, durationSeconds } from '../../core/call.ts';
import type { Notification } from '../../core/document.ts';
import type { Delivery } from '../../core/operation.ts';
import { LOG_LEVELS, notificationSid } from '../notifications.ts';
import { snakeCase } from '../text.ts';
import { rfc2822 } from '../web-encoding.ts';
import type { callAnswer, eventAnswer, notificationAnswer } from './answers.ts';
import { opinionScore } from './audio.ts';
import { API_VERSION } from './callbacks.ts';
import { moreInfo } from './errors.ts';
import type { Spelling } from './spelling.ts';
import { STATUS_WORDS } from './status-words.ts';

/** RFC 2822, or null where it is unknown. */
export const date = (atMs: number | undefined) => (atMs === undefined ? null : rfc2822(atMs));

/** `(202) 555-0100` for a North American number, others as they are. */
export function formatted(number: string): string {
  return number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3');
}

export function callResource(call: Call, accountSid: string, spelling: Spelling): z.input<typeof callAnswer> {
  const uri = `${spelling.accountPath}/Calls/${spelling.sid(call.sid)}`;
  const seconds = durationSeconds(call);
  return {
    sid: spelling.sid(call.sid),
    account_sid: spelling.sid(accountSid),
    parent_call_sid: call.parentSid === undefined ? null : spelling.sid(call.parentSid),
    phone_number_sid: null,
    group_sid: null,
    trunk_sid: null,
    to: call.to,
    from: call.from,
    to_formatted: formatted(call.to),
    from_formatted: formatted(call.from),
    formatted_to: formatted(call.to),
    formatted_from: formatted(call.from),
    status: STATUS_WORDS[call.status],
    direction: call.direction,
    date_created: date(call.createdAtMs),
    date_updated: date(call.updatedAtMs),
    start_time: date(call.startedAtMs),
    end_time: date(call.endedAtMs),
    // A number in SignalWire's words, a text in Twilio's.
    duration: seconds === undefined ? null : spelling.uuids ? seconds : String(seconds),
    price: null,
    price_unit: 'USD',
    answered_by: null,
    api_version: API_VERSION,
    forwarded_from: null,
    caller_name: null,
    annotation: null,
    queue_time: String(Math.max(0, (call.startedAtMs ?? call.createdAtMs) - call.createdAtMs)),
    uri: `${uri}.json`,
    subresource_uris: {
      events: `${uri}/Events.json`,
      notifications: `${uri}/Notifications.json`,
      recordings: null,
    },
    sip_result_code: call.sipCode !== undefined && call.sipCode >= 100 ? String(call.sipCode) : null,
    audio_in_mos: call.media?.mos === undefined ? null : opinionScore(call.media),
    audio_rtt_avg: null,
    audio_rtt_min: null,
    audio_rtt_max: null,
    audio_out_jitter_min: null,
    audio_out_jitter_max: null,
    audio_out_jitter_avg: null,
    audio_out_lost: null,
  };
}

/** A status callback as the requests and answers it took, one entry for each; one without an answer while none was made. */
export function eventResources({ request, state, attempts }: Delivery): z.input<typeof eventAnswer>[] {
  const asked = {
    method: request.method,
    url: request.url,
    parameters: Object.fromEntries(
      Object.entries(request.parameters).map(([name, value]) => [snakeCase(name), value]),
    ),
  };
  const answers = attempts.map(({ atMs, durationMs, status, error }) => ({
    date_created: date(atMs),
    request_duration: durationMs,
    response_code: status ?? null,
    content_type: null,
    response_body: null,
    error: error ?? null,
  }));
  return (answers.length === 0 ? [null] : answers).map(response => ({ request: asked, response, state }));
}

export function notificationResource(
  notification: Notification,
  { callSid, accountSid, spelling }: { callSid: string; accountSid: string; spelling: Spelling },
): z.input<typeof notificationAnswer> {
  const { code, level, message, occurredAtMs, url } = notification;
  const sid = spelling.sid(notificationSid(callSid, notification));
  return {
    sid,
    account_sid: spelling.sid(accountSid),
    call_sid: spelling.sid(callSid),
    api_version: API_VERSION,
    log: LOG_LEVELS[level],
    error_code: String(code),
    message_text: message,
    more_info: moreInfo(code),
    message_date: date(occurredAtMs),
    date_created: date(occurredAtMs),
    date_updated: date(occurredAtMs),
    request_method: null,
    request_url: url ?? null,
    uri: `${spelling.accountPath}/Calls/${spelling.sid(callSid)}/Notifications/${sid}.json`,
  };
}
