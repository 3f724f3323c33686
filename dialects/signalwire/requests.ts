/** What each request comes to. All throw Problem. */
import type { HttpMethod, StatusCallback, WebTarget } from '../../core/call.ts';
import { destination } from '../../core/destination.ts';
import type {
  CallChange,
  CallerId,
  CallFilter,
  ListCalls,
  NumberChange,
  PlaceCall,
} from '../../core/operation.ts';
import { Problem } from '../../core/problem.ts';
import type { Entry } from '../../core/session.ts';
import { parseSid } from '../../core/sid.ts';
import { readDateRange } from '../dates.ts';
import { type ApiRequest, DocumentError, type Pairs, type ParsedDocument } from '../dialect.ts';
import { bodyParameters, type Codes, type Contract, read, refusal, unknownNames } from '../parameters.ts';
import { shown, tidyNumber } from '../text.ts';
import { createCall, listCalls, listNumbers, URL_PARAMETER, updateCall, updateNumber } from './contracts.ts';
import { parse } from './markup/document.ts';
import { readPage } from './paging.ts';
import { DEFAULT_EVENTS, eventsOf, STATUSES_OF_WORD } from './status-words.ts';

export function decodeCreate(request: ApiRequest): PlaceCall {
  const asked = read(filled(bodyParameters(request)), createCall);
  if (asked.CallerId !== undefined && asked.CallerId !== asked.From) {
    throw refusal(
      'invalid-parameter',
      'CallerId',
      'cannot differ from From yet: send that number as From',
      createCall.codes,
    );
  }
  const to = callee(asked.To);
  const source = readSource(asked, request);
  if (source === undefined) {
    throw new Problem(
      'missing-parameter',
      'Url is missing: send Url or Twiml, to say what the call should do.',
      {
        field: 'Url',
        code: URL_PARAMETER,
      },
    );
  }
  const callback = statusCallback(asked);
  const callerIds = callerIdsOf(source);
  return {
    to,
    from: asked.From,
    fields: { to: 'To', from: 'From' },
    ...(callerIds.length > 0 && { callerIds }),
    entry: asked.SendDigits === undefined ? source : withDigits(asked.SendDigits, source),
    ...(callback && { callback }),
    ...(asked.Timeout !== undefined && { ringTimeoutSeconds: asked.Timeout }),
    ...(asked.TimeLimit !== undefined && { timeLimitSeconds: asked.TimeLimit }),
  };
}

export function decodeUpdate(request: ApiRequest): CallChange[] {
  const asked = read(filled(bodyParameters(request)), updateCall);
  const source = readSource(asked, request);
  const callback = statusCallback(asked);
  if (asked.Status !== undefined && source !== undefined) {
    throw refusal(
      'invalid-parameter',
      'Status',
      'ends the call, so it cannot come with Url or Twiml',
      updateCall.codes,
    );
  }
  const changes: CallChange[] = [
    ...(callback ? [{ callback }] : []),
    ...(asked.Status !== undefined ? [{ hangUp: asked.Status as 'completed' | 'canceled' }] : []),
    ...(source ? [redirect(source)] : []),
  ];
  if (changes.length > 0) return changes;
  throw new Problem(
    'missing-parameter',
    'There is nothing to change: send Status, Url, Twiml or StatusCallback (FallbackUrl goes with Url).',
    { field: 'Status' },
  );
}

export function decodeListCalls(request: ApiRequest): ListCalls {
  const query = filled(request.query);
  const asked = read(query, listCalls);
  const { size, token } = readPage(request);
  const started = readDateRange(query, 'StartTime');
  const ended = readDateRange(query, 'EndTime');
  const parentSid = asked.ParentCallSid === undefined ? undefined : parentIn(asked.ParentCallSid);
  const filter: CallFilter = {
    ...(asked.To !== undefined && { to: asked.To }),
    ...(asked.From !== undefined && { from: asked.From }),
    ...(parentSid !== undefined && { parentSid }),
    ...(asked.Status !== undefined &&
      asked.Status.length > 0 && { statuses: asked.Status.flatMap(word => STATUSES_OF_WORD[word] ?? []) }),
    ...(started.afterMs !== undefined && { startedAfterMs: started.afterMs }),
    ...(started.beforeMs !== undefined && { startedBeforeMs: started.beforeMs }),
    ...(ended.afterMs !== undefined && { endedAfterMs: ended.afterMs }),
    ...(ended.beforeMs !== undefined && { endedBeforeMs: ended.beforeMs }),
  };
  return { filter, pageSize: size, ...(token !== undefined && { pageToken: token }) };
}

export function decodeListNumbers(request: ApiRequest) {
  const { PhoneNumber: number, FriendlyName: friendlyName } = read(filled(request.query), listNumbers);
  readPage(request);
  return { ...(number !== undefined && { number }), ...(friendlyName !== undefined && { friendlyName }) };
}

export function decodeUpdateNumber(request: ApiRequest): NumberChange {
  const asked = read(bodyParameters(request), updateNumber);
  const voice = changedTarget(asked.VoiceUrl, asked.VoiceMethod);
  const voiceFallback = changedTarget(asked.VoiceFallbackUrl, asked.VoiceFallbackMethod);
  const statusCallback = changedTarget(asked.StatusCallback, asked.StatusCallbackMethod);
  return {
    ...(asked.FriendlyName !== undefined && { friendlyName: asked.FriendlyName }),
    ...(voice !== undefined && { voice }),
    ...(voiceFallback !== undefined && { voiceFallback }),
    ...(statusCallback !== undefined && { statusCallback }),
  };
}

/** The parameters of a create or an update that had no effect. */
export function withoutEffect(request: ApiRequest, contract: Contract): string[] {
  const pairs = filled(bodyParameters(request));
  const given = new Set(pairs.map(([name]) => name));
  const source = given.has('Url') ? OF_A_DOCUMENT_AT_HAND : OF_A_URL;
  return [
    ...unknownNames(pairs, contract),
    ...source.filter(name => given.has(name) && Object.hasOwn(contract.schema.shape, name)),
  ];
}

/** With a Url, a document at hand is not read; without one, nothing is asked. */
const OF_A_DOCUMENT_AT_HAND = ['Twiml', 'Laml'];
const OF_A_URL = ['Method', 'FallbackUrl', 'FallbackMethod'];

/** The codes of what is amiss with a document at hand although it is carried out. */
export function documentWarnings(request: ApiRequest): number[] {
  const pairs = filled(bodyParameters(request));
  const text = pairs.find(([name]) => name === 'Url')
    ? undefined
    : pairs.find(([name]) => name === 'Twiml' || name === 'Laml');
  if (text === undefined) return [];
  return parseInline(text[1], text[0], request.nowMs).notifications.map(({ code }) => code);
}

/** An empty parameter says nothing. */
const filled = (pairs: Pairs) => pairs.filter(([, value]) => value !== '');

interface Source {
  Url?: string | undefined;
  Method?: HttpMethod | undefined;
  FallbackUrl?: string | undefined;
  FallbackMethod?: HttpMethod | undefined;
  Twiml?: string | undefined;
  Laml?: string | undefined;
}

function readSource(asked: Source, { nowMs }: ApiRequest): Entry | undefined {
  if (asked.Url !== undefined) {
    return {
      target: { url: asked.Url, method: asked.Method ?? 'POST' },
      ...(asked.FallbackUrl !== undefined && {
        fallback: { url: asked.FallbackUrl, method: asked.FallbackMethod ?? 'POST' },
      }),
    };
  }
  for (const field of ['Twiml', 'Laml'] as const) {
    const text = asked[field];
    if (text === undefined) continue;
    const { verbs, notifications } = parseInline(text, field, nowMs);
    return { verbs, ...(notifications.length > 0 && { notifications }) };
  }
  return undefined;
}

function redirect(source: Entry): CallChange {
  const callerIds = callerIdsOf(source);
  return { redirect: source, ...(callerIds.length > 0 && { callerIds }) };
}

/** The numbers that a document at hand shows to those whom it dials. */
function callerIdsOf(source: Entry): CallerId[] {
  if (!('verbs' in source)) return [];
  return source.verbs.flatMap(verb =>
    verb.verb === 'Dial' && verb.callerId !== undefined ? [{ number: verb.callerId, field: 'Twiml' }] : [],
  );
}

function parseInline(body: string, field: string, nowMs: number): ParsedDocument {
  try {
    return parse({ body, nowMs });
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new Problem('invalid-document', `${field}: ${error.message}`, {
      field,
      code: error.code,
      cause: error,
    });
  }
}

function withDigits(digits: string, entry: Entry): Entry {
  if ('verbs' in entry) return { verbs: [{ verb: 'SendDigits', digits, loop: 1 }, ...entry.verbs] };
  throw refusal(
    'invalid-parameter',
    'SendDigits',
    'works together with Twiml only so far: begin the document at Url with <Play digits="…"/> instead',
    createCall.codes,
  );
}

function callee(text: string): string {
  const to = destination(tidyNumber(text));
  if (to.kind === 'pstn') return to.number;
  const codes: Codes = { To: to.kind === 'sip' || text.startsWith('client:') ? 21217 : 21211 };
  if (to.kind === 'sip') {
    throw refusal(
      'unroutable',
      'To',
      'is a SIP address, which cannot be called yet: give a number in E.164 form',
      codes,
    );
  }
  if (text.startsWith('client:')) {
    throw refusal(
      'unroutable',
      'To',
      'is a client, which there are none of yet: give a number in E.164 form',
      codes,
    );
  }
  throw refusal(
    'invalid-parameter',
    'To',
    `is "${shown(text)}", which is no number in E.164 form, such as +12025550100`,
    codes,
  );
}

function statusCallback(asked: {
  StatusCallback?: string | undefined;
  StatusCallbackMethod?: HttpMethod | undefined;
  StatusCallbackEvent?: string[] | undefined;
}): StatusCallback | undefined {
  const { StatusCallback: url, StatusCallbackMethod: how = 'POST', StatusCallbackEvent: given = [] } = asked;
  if (url === undefined) return undefined;
  return { url, method: how, events: given.length === 0 ? [...DEFAULT_EVENTS] : eventsOf(given) };
}

/** An empty URL takes the target away; what is not given stays as it is. */
function changedTarget(
  url: string | undefined,
  method: HttpMethod | undefined,
): Partial<WebTarget> | null | undefined {
  if (url === '') return null;
  if (url === undefined && method === undefined) return undefined;
  return { ...(url !== undefined && { url }), ...(method !== undefined && { method }) };
}

function parentIn(text: string): string {
  const sid = parseSid('CA', text);
  if (sid !== undefined) return sid;
  throw new Problem('invalid-parameter', 'ParentCallSid has to be CA and 32 hex digits, or a UUID.', {
    field: 'ParentCallSid',
  });
}
