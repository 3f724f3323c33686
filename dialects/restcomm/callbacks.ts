/** What customers' servers are sent: the parameters of document requests and of status callbacks. */
import type { Call } from '../../core/call.ts';
import type { DialFacts, Facts } from '../../core/document.ts';
import { CALLBACK_WORDS } from '../../core/event.ts';
import type { CallbackQuestion, DocumentQuestion, Pairs, Signed, WebRequest } from '../dialect.ts';
import { forwardedFrom } from '../forwarded-from.ts';
import { dialledSipParameters, screeningParameters, sipHeaders } from '../sip-parameters.ts';
import { encodeForm, rfc2822, withQuery } from '../web-encoding.ts';
import { API_VERSION } from './api-version.ts';
import { asSeen, SIGNATURE_HEADER, sign } from './signature.ts';
import { callbackStatus, statusWord } from './status-words.ts';

/** The request for a document, with what the engine knows of the verb that led to it. */
export function ask(question: DocumentQuestion): WebRequest {
  const { call, facts } = question;
  return signedRequest(question, [
    ...standardParameters(call, question, statusWord(call.status, call.sipCode)),
    ...(facts ? factParameters(facts, call) : []),
  ]);
}

/** A status callback. Of a number's or an application's, and of a leg's: the same parameters. */
export function callback(question: CallbackQuestion): WebRequest {
  const { event } = question;
  const { call: told, callback: subscription, metadata } = event.detail;
  const word = subscription?.event ?? CALLBACK_WORDS[event.type] ?? 'completed';
  const status = callbackStatus(word, told.status, told.sipCode);
  return signedRequest(question, [
    ...standardParameters(question.call, question, status),
    ...((told.parentSid === undefined ? [] : [['ParentCallSid', told.parentSid]]) as Pairs),
    ...((word === 'completed' ? [['CallDuration', String(told.durationSeconds ?? 0)]] : []) as Pairs),
    ['Timestamp', rfc2822(Date.parse(metadata.occurredAt))],
    ['CallbackSource', 'call-progress-events'],
    ['SequenceNumber', String(subscription?.order ?? 0)],
  ]);
}

/** The platform's name for the part of it that runs an account's calls: the same 128 bits as the account. */
export const instanceSid = (accountSid: string): string => `ID${accountSid.slice(2)}`;

function standardParameters(call: Call, { accountSid }: Signed, status: string): Pairs {
  return [
    ['CallSid', call.sid],
    ['InstanceId', instanceSid(accountSid)],
    ['AccountSid', accountSid],
    ['From', partyOf(call.from)],
    ['To', call.to],
    ['CallStatus', status],
    ['ApiVersion', API_VERSION],
    ['Direction', call.direction],
    ['CallerName', partyOf(call.from)],
    ['ForwardedFrom', forwardedFrom(call)],
    ['CallTimestamp', new Date(call.createdAtMs).toISOString()],
    ...sipHeaders('SipHeader_', call.sip?.headers ?? []),
  ];
}

/** A client calls by its name alone. */
export const partyOf = (from: string): string => from.replace(/^client:/, '');

/** What is told of a verb that is over, by its kind. */
const FACT_PARAMETERS: {
  readonly [K in Facts['kind']]: (facts: Extract<Facts, { kind: K }>, call: Call) => Pairs;
} = {
  dial: dialParameters,
  gather: ({ digits }) => [['Digits', digits]],
  screening: screeningParameters,
  refer: ({ target, transferor, transferee }) => [
    ['ReferTarget', userOf(target)],
    ['Transferor', userOf(transferor)],
    ['Transferee', userOf(transferee)],
  ],
};

/** A number or a name, without the address around it. */
const userOf = (address: string): string => /^(?:sips?:|tel:|client:)?([^@;>]+)/i.exec(address)?.[1] ?? '';

const factParameters = (facts: Facts, call: Call): Pairs =>
  (FACT_PARAMETERS[facts.kind] as (facts: Facts, call: Call) => Pairs)(facts, call);

/** `null` is the platform's word for a Dial that called nobody. */
function dialParameters(facts: DialFacts, call: Call): Pairs {
  return [
    ['DialCallStatus', dialStatus(facts, call)],
    ['DialCallSid', facts.callSid === '' ? 'null' : facts.callSid],
    ['DialCallDuration', String(facts.durationSeconds)],
    ...((facts.ringSeconds === undefined ? [] : [['DialRingDuration', String(facts.ringSeconds)]]) as Pairs),
    ...dialledSipParameters(facts.sip),
  ];
}

/** Whom the API has ended while somebody was rung has completed its Dial, whatever became of whoever was rung. */
function dialStatus({ outcome, sip }: DialFacts, { status, end }: Call): string {
  const isEnded = outcome === 'canceled' && status === 'completed' && end?.by === 'api';
  return statusWord(isEnded ? 'completed' : outcome, sip?.code);
}

/** A form by POST, to which what the URL asks for is added; or a longer query by GET. */
function signedRequest(
  { target, authToken, nowMs }: Pick<DocumentQuestion, 'target' | 'authToken' | 'nowMs'>,
  parameters: Pairs,
): WebRequest {
  const isGet = target.method === 'GET';
  const url = isGet ? withQuery(target.url, parameters) : target.url;
  const body = isGet ? '' : encodeForm([...parameters, ...new URL(target.url).searchParams]);
  return {
    method: target.method,
    url,
    headers: {
      accept: '*/*',
      ...(!isGet && { 'content-type': 'application/x-www-form-urlencoded' }),
      [SIGNATURE_HEADER]: sign({ authToken, url: asSeen(url), body, nowMs }),
    },
    ...(!isGet && { body }),
    parameters: Object.fromEntries(parameters),
  };
}
