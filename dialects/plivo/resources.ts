/** Calls as Plivo shows them. */
import type * as z from 'zod';
import { type Call, durationSeconds, isOver } from '../../core/call.ts';
import type { Notification } from '../../core/document.ts';
import { toUuid } from '../../core/sid.ts';
import type { ApiRequest } from '../dialect.ts';
import { notificationSid } from '../notifications.ts';
import { shownAddress } from './addresses.ts';
import type { finishedCall, liveCall, notification as notificationAnswer } from './answers.ts';
import { NO_COST } from './callbacks.ts';
import { causeOf } from './causes.ts';
import { ENGINE_CODES } from './markup/codes.ts';
import { CALL_STATES, STATUS_WORDS } from './status-words.ts';
import { microseconds, zoned } from './times.ts';

const direction = (call: Call) => (call.direction === 'inbound' ? 'inbound' : 'outbound');

/** A call that is over. */
export function callResource(call: Call, request: ApiRequest): z.input<typeof finishedCall> {
  const uuid = toUuid(call.sid);
  const cause = causeOf(call);
  const talked = durationSeconds(call) ?? 0;
  return {
    answer_time: zoned(call.answeredAtMs),
    bill_duration: talked,
    billed_duration: talked,
    call_direction: direction(call),
    call_duration: talked,
    call_state: isOver(call) ? CALL_STATES[call.status] : null,
    call_status: cause.status,
    call_uuid: uuid,
    conference_uuid: null,
    end_time: zoned(call.endedAtMs),
    from_number: shownAddress(call.from),
    hangup_cause_code: cause.code,
    hangup_cause_name: cause.name,
    hangup_source: cause.source,
    initiation_time: zoned(call.createdAtMs),
    parent_call_uuid: call.parentSid === undefined ? null : toUuid(call.parentSid),
    resource_uri: `/v1/Account/${request.params['accountSid']}/Call/${uuid}/`,
    to_number: shownAddress(call.to),
    total_amount: NO_COST,
    total_rate: NO_COST,
  };
}

/** A call that is not over. */
export function liveResource(call: Call): z.input<typeof liveCall> {
  const uuid = toUuid(call.sid);
  return {
    call_status: STATUS_WORDS[call.status],
    call_uuid: uuid,
    caller_name: call.callerName ?? '',
    direction: direction(call),
    from: shownAddress(call.from),
    to: shownAddress(call.to),
    request_uuid: uuid,
    ...(call.status !== 'queued' && { session_start: microseconds(call.createdAtMs) }),
  };
}

/** Ours: what was wrong with a call's documents. */
export function notificationResource(
  notification: Notification,
  callSid: string,
): z.input<typeof notificationAnswer> {
  const { level, message, occurredAtMs, url } = notification;
  const code = ENGINE_CODES[notification.code] ?? notification.code;
  return {
    notification_uuid: toUuid(notificationSid(callSid, notification)),
    code,
    level,
    message,
    url: url ?? null,
    time: zoned(occurredAtMs),
  };
}
