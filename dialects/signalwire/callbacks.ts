/** What customers' servers are sent: the parameters of document requests and of status callbacks. */
import type { Call } from '../../core/call.ts';
import type { DialFacts, Facts } from '../../core/document.ts';
import { CALLBACK_WORDS } from '../../core/event.ts';
import type { CallbackQuestion, DocumentQuestion, Pairs, WebRequest } from '../dialect.ts';
import { dialledSipParameters, screeningParameters, sipHeaders } from '../sip-parameters.ts';
import { formRequest, rfc2822 } from '../web-encoding.ts';
import { audioParameters } from './audio.ts';
import { SIGNATURE_HEADERS, sign, wireUrl } from './signature.ts';
import { callbackStatus, STATUS_WORDS } from './status-words.ts';

export const API_VERSION = '2010-04-01';
/** Constant across the retries of one callback, as Twilio names it. */
export const IDEMPOTENCY_HEADER = 'i-twilio-idempotency-token';

/** The request for a document, with what the engine knows of the verb that led to it. */
export function ask(question: DocumentQuestion): WebRequest {
  const { call, accountSid, facts, failure } = question;
  return signedRequest(question, [
    ...standardParameters(call, accountSid, STATUS_WORDS[call.status]),
    ...originParameters(call.sip),
    ...(facts ? factParameters(facts) : []),
    ...(failure ? [['ErrorCode', String(failure.code)] as const, ['ErrorUrl', failure.url] as const] : []),
  ] as Pairs);
}

export function callback(question: CallbackQuestion): WebRequest {
  const { event, accountSid } = question;
  const { call, callback: subscription, metadata } = event.detail;
  const word = subscription?.event ?? CALLBACK_WORDS[event.type] ?? 'completed';
  const over = word === 'completed';
  const seconds = call.durationSeconds ?? 0;
  const request = signedRequest(question, [
    ...standardParameters(call, accountSid, callbackStatus(word, call.status)),
    ...audioParameters(call.media),
    ['CallbackSource', 'call-progress-events'],
    ['SequenceNumber', String(subscription?.sequenceNumber ?? metadata.sequenceNumber)],
    ['Timestamp', rfc2822(Date.parse(metadata.occurredAt))],
    ...((over
      ? [
          ['CallDuration', String(seconds)],
          ['Duration', String(Math.ceil(seconds / 60))],
          ...sipResult(call.sipCode),
        ]
      : []) as Pairs),
  ]);
  return { ...request, headers: { ...request.headers, [IDEMPOTENCY_HEADER]: metadata.id } };
}

/** SignalWire's name and Twilio's. The voice service says 0 where there was no SIP response. */
function sipResult(sipCode: number | undefined): Pairs {
  if (sipCode === undefined || sipCode < 100) return [];
  return [
    ['SipResultCode', String(sipCode)],
    ['SipResponseCode', String(sipCode)],
  ];
}

function standardParameters(
  call: Pick<Call, 'sid' | 'parentSid' | 'direction' | 'from' | 'to'>,
  accountSid: string,
  status: string,
): Pairs {
  return [
    ['AccountSid', accountSid],
    ['ApiVersion', API_VERSION],
    ['CallSid', call.sid],
    ...((call.parentSid === undefined ? [] : [['ParentCallSid', call.parentSid]]) as Pairs),
    ['CallStatus', status],
    ['Direction', call.direction],
    ['From', call.from],
    ['To', call.to],
    ['Caller', call.from],
    ['Called', call.to],
  ];
}

/** What each kind of facts is told as. Keys that nobody pressed are not told. */
const FACT_PARAMETERS: { readonly [K in Facts['kind']]: (facts: Extract<Facts, { kind: K }>) => Pairs } = {
  dial: dialParameters,
  gather: ({ digits }) => (digits === '' ? [] : [['Digits', digits]]),
  screening: screeningParameters,
  refer: ({ target }) => [['ReferTransferTarget', target]],
};

const factParameters = (facts: Facts): Pairs =>
  (FACT_PARAMETERS[facts.kind] as (facts: Facts) => Pairs)(facts);

function dialParameters(facts: DialFacts): Pairs {
  return [
    ['DialCallStatus', facts.outcome],
    ['DialCallSid', facts.callSid],
    ['DialCallDuration', String(facts.durationSeconds)],
    ['DialBridged', String(facts.bridged)],
    ...dialledSipParameters(facts.sip),
  ];
}

/** Of a call that came in over SIP: the INVITE, and what it carried along. */
function originParameters(sip: Call['sip']): Pairs {
  if (sip === undefined) return [];
  return [['SipCallId', sip.callId], ...sipHeaders('SipHeader_', sip.headers)];
}

/** A form by POST, or a longer query by GET; signed in the spelling in which it is sent. */
function signedRequest(
  { target, authToken }: Pick<DocumentQuestion, 'target' | 'authToken'>,
  parameters: Pairs,
): WebRequest {
  const { url: spelled, body } = formRequest(target, parameters);
  const url = wireUrl(spelled);
  const signature = sign(authToken, url, body === undefined ? [] : parameters);
  return {
    method: target.method,
    url,
    headers: {
      accept: '*/*',
      ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...Object.fromEntries(SIGNATURE_HEADERS.map(name => [name, signature])),
    },
    ...(body !== undefined && { body }),
    parameters: Object.fromEntries(parameters),
  };
}
