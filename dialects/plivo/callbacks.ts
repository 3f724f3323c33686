/** What customers' servers are sent: the parameters of document requests and of callbacks. */
import type { Call, CallbackEvent } from '../../core/call.ts';
import { durationSeconds } from '../../core/call.ts';
import type { DialFacts, Facts } from '../../core/document.ts';
import { toAuthId, toUuid } from '../../core/sid.ts';
import type { CallbackQuestion, DocumentQuestion, Pairs, WebRequest } from '../dialect.ts';
import { forwardedFrom } from '../forwarded-from.ts';
import { encodeForm } from '../web-encoding.ts';
import { shownAddress } from './addresses.ts';
import { apiId } from './api-id.ts';
import { causeOf, dialCauseWord } from './causes.ts';
import { withoutPlus } from './numbers.ts';
import { signatureHeaders, sorted } from './signature.ts';
import { customHeaders } from './sip-headers.ts';
import { DIAL_EVENTS, STATUS_WORDS } from './status-words.ts';
import { microseconds, seconds } from './times.ts';
import { withTimeLimits } from './url-options.ts';

/** Calls have no price here: every rate and cost is this. */
export const NO_COST = '0.00000';

/** What the answer to a create says of its call. */
export const FIRED = 'call fired';

/** The request for a document, with what the engine knows of the verb that led to it. */
export function ask(question: DocumentQuestion): WebRequest {
  const { call, accountSid, facts } = question;
  return signedRequest(question, [
    ...standardParameters(call, accountSid, eventOf(question)),
    ['CallStatus', STATUS_WORDS[call.status]],
    ['BillRate', NO_COST],
    ...ofTheCall(call),
    ...(facts ? factParameters(facts, call) : []),
  ]);
}

export function callback(question: CallbackQuestion): WebRequest {
  const { call, root, accountSid, event } = question;
  const word = event.detail.callback?.event ?? 'completed';
  const parameters =
    call.parentSid === undefined ? ownParameters(word, call, accountSid) : dialledParameters(question, root);
  return signedRequest(question, parameters);
}

/** The first document of a call is the one that it starts with. */
function eventOf({ purpose }: DocumentQuestion): string {
  return purpose === 'first' ? 'StartApp' : 'Redirect';
}

/** Of a call itself: that it was accepted, that it rings, or how it ended. */
function ownParameters(word: CallbackEvent, call: Call, accountSid: string): Pairs {
  if (word === 'queued') {
    return [
      ['api_id', apiId(call.requestId ?? '')],
      ['message', FIRED],
      ['request_uuid', toUuid(call.sid)],
    ];
  }
  if (word !== 'completed') {
    const ring = standardParameters(call, accountSid, 'Ring').filter(
      ([name]) => name !== 'ALegUUID' && name !== 'ALegRequestUUID',
    );
    return [
      ...ring.filter(([name]) => name !== 'From' && name !== 'To'),
      // With their plus, as the platform has it in this request alone.
      ['From', call.from],
      ['To', call.to],
      ['CallStatus', 'ringing'],
      ['CallerName', call.callerName ?? ''],
      ...ofTheCall(call),
    ];
  }
  const cause = causeOf(call);
  return [
    ...standardParameters(call, accountSid, 'Hangup'),
    ['CallStatus', cause.status],
    ['BillRate', NO_COST],
    ...ofTheCall(call),
    ...durations('', call),
    ...times(call),
    ['HangupCause', cause.word],
    ['HangupCauseCode', String(cause.code)],
    ['HangupCauseName', cause.name],
    ['HangupSource', cause.source],
  ];
}

/** Of a call that a Dial has made, told beside what its caller's requests say. */
function dialledParameters({ event, call, accountSid }: CallbackQuestion, root: Call): Pairs {
  const { digits, callback: { event: word = 'completed' } = {} } = event.detail;
  const told = word in DIAL_EVENTS ? (word as keyof typeof DIAL_EVENTS) : 'completed';
  const { Event, ...action } = DIAL_EVENTS[told];
  const cause = causeOf(call);
  return [
    ...standardParameters(root, accountSid, Event),
    ['CallStatus', STATUS_WORDS[root.status]],
    ...ofTheCall(root),
    ...(Object.entries(action) as Pairs),
    ['DialALegUUID', toUuid(root.sid)],
    ['DialBLegUUID', toUuid(call.sid)],
    ['DialBLegFrom', shownAddress(call.from)],
    ['DialBLegTo', shownAddress(call.to)],
    ...times(call),
    ...((digits === undefined
      ? []
      : [
          ['DialDigitsMatch', digits.keys],
          ['DialDigitsPressedBy', PRESSED_BY[digits.pressedBy]],
        ]) as Pairs),
    ...((told === 'completed'
      ? [
          ...durations('DialBLeg', call),
          ['DialBLegHangupCause', cause.word],
          ['DialBLegHangupCauseName', cause.name],
          ['DialBLegHangupCauseCode', String(cause.code)],
          ['DialBLegHangupSource', cause.source],
        ]
      : []) as Pairs),
  ];
}

const PRESSED_BY = { caller: 'ALeg', callee: 'BLeg' } as const;

function standardParameters(call: Call, accountSid: string, event: string): Pairs {
  const uuid = toUuid(call.sid);
  const inbound = call.direction === 'inbound';
  return [
    ['CallUUID', uuid],
    ['From', shownAddress(call.from)],
    ['To', shownAddress(call.to)],
    ['Direction', inbound ? 'inbound' : 'outbound'],
    ['Event', event],
    ['SessionStart', microseconds(call.createdAtMs)],
    ['ParentAuthID', toAuthId(accountSid)],
    ...((inbound
      ? [['CallerName', call.callerName ?? '']]
      : [
          ['ALegUUID', uuid],
          ['ALegRequestUUID', uuid],
          ['RequestUUID', uuid],
        ]) as Pairs),
  ];
}

/** What SIP has brought, and what the call's request said of it. */
function ofTheCall(call: Call): Pairs {
  const to = call.sipTo ?? call.sip?.to;
  const forwarder = forwardedFrom(call);
  return [
    ...((to === undefined ? [] : [['SIP-H-To', to]]) as Pairs),
    ...((forwarder === '' ? [] : [['ForwardedFrom', withoutPlus(forwarder)]]) as Pairs),
    ...customHeaders(call.sip?.headers ?? []),
    ...(call.parameters ?? []),
  ];
}

function durations(of: string, call: Call): Pairs {
  const talked = String(durationSeconds(call) ?? 0);
  return [
    [`${of}Duration`, talked],
    [`${of}BillDuration`, talked],
    [`${of}TotalCost`, NO_COST],
  ];
}

const times = (call: Call): Pairs => [
  ['StartTime', seconds(call.startedAtMs)],
  ['AnswerTime', seconds(call.answeredAtMs)],
  ['EndTime', seconds(call.endedAtMs)],
];

function factParameters(facts: Facts, call: Call): Pairs {
  if (facts.kind === 'dial') return dialParameters(facts, call);
  if (facts.kind === 'gather') return [['Digits', facts.digits]];
  return [];
}

function dialParameters(facts: DialFacts, call: Call): Pairs {
  const { callSid, bridged } = facts;
  return [
    ['DialStatus', STATUS_WORDS[facts.outcome]],
    ['DialRingStatus', String(facts.rang ?? RANG.has(facts.outcome))],
    ['DialHangupCause', dialCauseWord(facts)],
    ['DialALegUUID', toUuid(call.sid)],
    ['DialBLegUUID', bridged ? toUuid(callSid) : ''],
  ];
}

/** The telephone network does not say whether somebody's phone rang; what came of it does. */
const RANG: ReadonlySet<string> = new Set(['completed', 'no-answer']);

/** A form by POST, or by GET all parameters in the order of their names; of two of one name the later one. */
function signedRequest(
  { target, authToken, nonce }: Pick<DocumentQuestion, 'target' | 'authToken' | 'nonce'>,
  said: Pairs,
): WebRequest {
  const { method } = target;
  const url = withTimeLimits(target.url);
  const parameters: Pairs = [...new Map([...said, ...(target.parameters ?? [])])];
  const headers = signatureHeaders({ authToken, method, url, parameters, nonce });
  if (method === 'GET') {
    return { method, url: merged(url, parameters), headers, parameters: Object.fromEntries(parameters) };
  }
  return {
    method,
    url,
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: encodeForm(parameters),
    parameters: Object.fromEntries(parameters),
  };
}

function merged(url: string, parameters: Pairs): string {
  const [, base = '', query = '', fragment = ''] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(url) ?? [];
  return `${base}?${encodeForm(sorted([...new URLSearchParams(query), ...parameters]))}${fragment}`;
}
