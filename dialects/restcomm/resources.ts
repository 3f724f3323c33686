/** Resources as this platform shows them, in the order of its own fields. */
import type { Application } from '../../core/application.ts';
import { type Call, durationSeconds, rangSeconds } from '../../core/call.ts';
import { type Client, clientSid } from '../../core/client.ts';
import type { Notification } from '../../core/document.ts';
import type { PhoneNumber } from '../../core/operation.ts';
import type { ApiRequest } from '../dialect.ts';
import { forwardedFrom } from '../forwarded-from.ts';
import { LOG_LEVELS, notificationSid } from '../notifications.ts';
import { API_VERSION } from './api-version.ts';
import { instanceSid, partyOf } from './callbacks.ts';
import { ENGINE_CODES } from './markup/codes.ts';
import { field, type Resource, wantsJson } from './representation.ts';
import { accountPath } from './spelling.ts';
import { statusWord } from './status-words.ts';

/** `Thu, 4 Apr 2024 18:32:15 +0000`: RFC 2822 with a day of one digit where one will do. */
export function date(atMs: number): string {
  return new Date(atMs).toUTCString().replace(/, 0/, ', ').replace('GMT', '+0000');
}

const iso = (atMs: number | undefined) => (atMs === undefined ? undefined : new Date(atMs).toISOString());
const wholeSeconds = (fromMs: number, toMs: number) => Math.round((toMs - fromMs) / 1000);

/** Where a resource lies, in the form that it was asked for in. */
const uriOf = (request: ApiRequest, rest: string) =>
  `${accountPath(request)}${rest}${wantsJson(request) ? '.json' : ''}`;

const dates = ({ createdAtMs, updatedAtMs }: { createdAtMs: number; updatedAtMs: number }) => [
  field('DateCreated', date(createdAtMs)),
  field('DateUpdated', date(updatedAtMs)),
];

export function callResource(call: Call, request: ApiRequest): Resource {
  const path = `/Calls/${call.sid}`;
  return {
    name: 'Call',
    fields: [
      field('Sid', call.sid),
      field('InstanceId', instanceSid(request.accountSid), 'InstanceId'),
      ...dates(call),
      field('ParentCallSid', call.parentSid),
      field('AccountSid', request.accountSid),
      field('To', call.to),
      field('From', partyOf(call.from)),
      field('PhoneNumberSid', undefined),
      field('Status', statusWord(call.status, call.sipCode)),
      field('StartTime', iso(call.startedAtMs)),
      field('EndTime', iso(call.endedAtMs)),
      field('Duration', lengthSeconds(call)),
      ['Price', undefined, undefined],
      field('PriceUnit', 'USD'),
      field('Direction', call.direction),
      field('AnsweredBy', undefined),
      field('ApiVersion', API_VERSION),
      field('ForwardedFrom', forwardedFrom(call) || undefined),
      field('CallerName', partyOf(call.from)),
      field('Uri', uriOf(request, path)),
      field('SubresourceUris', [field('Notifications', uriOf(request, `${path}/Notifications`))]),
      field('Ring_duration', rangSeconds(call)),
    ],
  };
}

/** Of a call that came in from its first ring, of any other one its talk time. */
function lengthSeconds(call: Call): number | undefined {
  if (call.direction !== 'inbound' || call.endedAtMs === undefined) return durationSeconds(call);
  return wholeSeconds(call.createdAtMs, call.endedAtMs);
}

export function applicationResource(application: Application, request: ApiRequest): Resource {
  return {
    name: 'Application',
    fields: [
      field('Sid', application.sid),
      ...dates(application),
      field('FriendlyName', application.friendlyName),
      field('AccountSid', application.accountSid),
      field('ApiVersion', API_VERSION),
      field('VoiceCallerIdLookup', false),
      field('Uri', uriOf(request, `/Applications/${application.sid}`)),
      field('RcmlUrl', application.voice?.url),
      field('Kind', 'voice'),
      field('DelayAnswer', application.delayAnswer === true),
    ],
  };
}

export function clientResource(client: Client, request: ApiRequest): Resource {
  const sid = clientSid(client.accountSid, client.name);
  return {
    name: 'Client',
    fields: [
      field('Sid', sid),
      ...dates(client),
      field('AccountSid', client.accountSid),
      field('ApiVersion', API_VERSION),
      field('FriendlyName', client.friendlyName ?? client.name),
      field('Login', client.name),
      field('Status', 1),
      ...voiceFields(client),
      field('Uri', uriOf(request, `/Clients/${sid}`)),
    ],
  };
}

export function numberResource(number: PhoneNumber, request: ApiRequest): Resource {
  return {
    name: 'IncomingPhoneNumber',
    fields: [
      field('Sid', number.sid),
      field('AccountSid', number.accountSid),
      field('FriendlyName', number.friendlyName),
      field('PhoneNumber', number.number),
      ...dates(number),
      ...voiceFields(number),
      field('StatusCallback', number.statusCallback?.url),
      field('StatusCallbackMethod', number.statusCallback?.method),
      field('ReferUrl', number.refer?.url),
      field('ReferMethod', number.refer?.method),
      field('VoiceCallerIdLookup', false),
      field('Capabilities', [
        field('VoiceCapable', true),
        field('SmsCapable', false),
        field('MmsCapable', false),
        field('FaxCapable', false),
      ]),
      field('ApiVersion', API_VERSION),
      field('Uri', uriOf(request, `/IncomingPhoneNumbers/${number.sid}`)),
    ],
  };
}

const voiceFields = ({
  voice,
  voiceFallback,
  applicationSid,
}: Pick<PhoneNumber, 'voice' | 'voiceFallback' | 'applicationSid'>) => [
  field('VoiceUrl', voice?.url),
  field('VoiceMethod', voice?.method),
  field('VoiceFallbackUrl', voiceFallback?.url),
  field('VoiceFallbackMethod', voiceFallback?.method),
  field('VoiceApplicationSid', applicationSid),
];

export function notificationResource(
  notification: Notification,
  callSid: string,
  request: ApiRequest,
): Resource {
  const { level, message, occurredAtMs, url } = notification;
  const code = ENGINE_CODES[notification.code] ?? notification.code;
  const sid = notificationSid(callSid, notification);
  return {
    name: 'Notification',
    fields: [
      field('Sid', sid),
      ...dates({ createdAtMs: occurredAtMs, updatedAtMs: occurredAtMs }),
      field('AccountSid', request.accountSid),
      field('CallSid', callSid),
      field('ApiVersion', API_VERSION),
      field('Log', Number(LOG_LEVELS[level])),
      field('ErrorCode', code),
      field('MessageText', message),
      field('MessageDate', date(occurredAtMs)),
      field('RequestUrl', url),
      field('Uri', uriOf(request, `/Calls/${callSid}/Notifications/${sid}`)),
    ],
  };
}
