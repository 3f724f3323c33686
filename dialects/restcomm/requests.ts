/** What each request about calls comes to. All throw Problem. */
import type { HttpMethod, StatusCallback } from '../../core/call.ts';
import type { CallChange, PlaceCall } from '../../core/operation.ts';
import { Problem } from '../../core/problem.ts';
import type { Entry } from '../../core/session.ts';
import type { DialTarget } from '../../core/verb.ts';
import { type ApiRequest, DocumentError, type Pairs } from '../dialect.ts';
import { Reading } from '../markup/reading.ts';
import { bodyParameters, read } from '../parameters.ts';
import { shown } from '../text.ts';
import { createCall, updateCall } from './contracts.ts';
import { CODE } from './markup/codes.ts';
import { callerOf, plainTarget } from './markup/dial.ts';
import { EVENTS, INBOUND_EVENTS } from './status-words.ts';

const REQUIRED = ['From', 'To', 'Url'] as const;

export function decodeCreate(request: ApiRequest): PlaceCall {
  const given = parametersOf(request);
  for (const name of REQUIRED) {
    if (given.some(([each]) => each === name)) continue;
    throw new Problem('missing-parameter', `${name} can not be null.`, { field: name });
  }
  const asked = read(given, createCall);
  const { Username: username = '', Password: password = '' } = asked;
  const target = calleeOf(asked.To, request.nowMs);
  const callback = statusCallback(asked, asked.StatusCallbackEvent ?? [...EVENTS]);
  return {
    to: addressOf(target),
    from: callerIn(asked.From),
    fields: { to: 'To', from: 'From' },
    sipSettings: {
      leg: '',
      headers: target.headers ?? [],
      attributes: [],
      ...(target.identifiedBy && { identifiedBy: target.identifiedBy }),
      ...(username !== '' && password !== '' && { credentials: { username, password: { clear: password } } }),
    },
    entry: entryOf(asked.Url, asked),
    ...(callback && { callback }),
    ...(asked.Timeout !== undefined && { ringTimeoutSeconds: asked.Timeout }),
  };
}

export function decodeUpdate(request: ApiRequest): CallChange[] {
  const asked = read(parametersOf(request), updateCall);
  const { Url: url, Status: status, Mute: mute, MoveConnectedCallLeg: moves } = asked;
  if (url === undefined && status === undefined && mute === undefined) {
    throw new Problem('conflict', 'There is nothing to change: send Url, Status or Mute.', { field: 'Url' });
  }
  const callback = statusCallback(asked, [...INBOUND_EVENTS]);
  return [
    ...(callback ? [{ callback }] : []),
    ...(url === undefined ? [] : [bothLegs(entryOf(url, asked), moves === 'true')]),
    ...(mute === undefined ? [] : [{ mute: mute === 'true' }]),
    ...(status === undefined ? [] : [hangUp(status as 'canceled' | 'completed')]),
  ];
}

/** Whoever the call talks with carries the same document out, or is hung up. A caller whose Dial rings counts as one in progress. */
const bothLegs = (entry: Entry, moves: boolean): CallChange => ({
  redirect: entry,
  evenUnanswered: true,
  connected: moves ? entry : 'hung-up',
});

/** The platform lets a call go on that is cancelled too late. */
const hangUp = (status: 'canceled' | 'completed'): CallChange =>
  status === 'canceled' ? { hangUp: status, tooLate: 'ignore' } : { hangUp: status };

/** An empty parameter says nothing. */
export const parametersOf = (request: ApiRequest): Pairs =>
  bodyParameters(request).filter(([, value]) => value !== '');

/** A number, `client:alice` or a SIP address, and perhaps headers after a question mark: as in a document's Dial. */
function calleeOf(written: string, nowMs: number): DialTarget {
  const reading = new Reading({ nowMs, codes: CODE });
  try {
    return plainTarget({ name: 'To', attributes: {}, children: [], line: 1 }, written, reading);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new Problem('invalid-parameter', error.message.replace(/^To \(line 1\):/, 'To:'), {
      field: 'To',
      cause: error,
    });
  }
}

/** As the account's routes and clients take it. */
function addressOf(target: DialTarget): string {
  if (target.kind === 'number') return target.number;
  if (target.kind === 'client') return `client:${target.name}`;
  return `${target.uri};transport=${target.transport}`;
}

function callerIn(written: string): string {
  const caller = callerOf(written);
  if (caller !== undefined) return caller;
  throw new Problem(
    'invalid-parameter',
    `From is "${shown(written)}", but takes a number, the name of a client or a SIP address.`,
    { field: 'From' },
  );
}

interface Asked {
  Method?: HttpMethod | undefined;
  FallbackUrl?: string | undefined;
  FallbackMethod?: HttpMethod | undefined;
  StatusCallback?: string | undefined;
  StatusCallbackMethod?: HttpMethod | undefined;
}

const entryOf = (url: string, { Method, FallbackUrl, FallbackMethod }: Asked): Entry => ({
  target: { url, method: Method ?? 'POST' },
  ...(FallbackUrl !== undefined && { fallback: { url: FallbackUrl, method: FallbackMethod ?? 'POST' } }),
});

function statusCallback(
  { StatusCallback: url, StatusCallbackMethod }: Asked,
  events: StatusCallback['events'],
): StatusCallback | undefined {
  return url === undefined ? undefined : { url, method: StatusCallbackMethod ?? 'POST', events };
}
