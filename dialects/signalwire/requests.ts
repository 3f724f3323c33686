/** What each request about calls comes to. All throw Problem. */
import type * as z from 'zod';
import type { HttpMethod, StatusCallback } from '../../core/call.ts';
import type {
  CallChange,
  CallerId,
  CallFilter,
  ChosenApplication,
  ListCalls,
  PlaceCall,
} from '../../core/operation.ts';
import { Problem } from '../../core/problem.ts';
import type { WrittenEntry } from '../../core/session.ts';
import { parseSid } from '../../core/sid.ts';
import type { LaidOutVerb } from '../../core/verb.ts';
import { readDateRange } from '../dates.ts';
import { type ApiRequest, DocumentError, type Pairs, type ParsedDocument } from '../dialect.ts';
import { bodyParameters, type Contract, read, refusal, unknownNames } from '../parameters.ts';
import { calleeOf, callerOf } from './callee.ts';
import { createCall, listCalls, URL_PARAMETER, updateCall } from './contracts.ts';
import { parse } from './markup/document.ts';
import { readPage } from './paging.ts';
import { DEFAULT_EVENTS, eventsOf, STATUSES_OF_WORD } from './status-words.ts';

export function decodeCreate(request: ApiRequest): PlaceCall {
  const asked = read(filled(bodyParameters(request)), createCall);
  const { overSip, ...callee } = calleeOf(asked, request.nowMs);
  const entry = entryOf(asked, request);
  const callback = statusCallback(asked);
  const callerIds = callerIdsOf(entry);
  const from = callerOf('From', asked.From, overSip);
  const shown = asked.CallerId === undefined ? from : callerOf('CallerId', asked.CallerId, overSip);
  // Whoever calls a telephone as another number has to have both.
  const own = shown === from || overSip ? [] : [{ number: from, field: 'From' }];
  return {
    ...callee,
    from: shown,
    fields: { to: 'To', from: shown === from ? 'From' : 'CallerId' },
    ...(own.length + callerIds.length > 0 && { callerIds: [...own, ...callerIds] }),
    entry,
    ...(callback && { callback }),
    ...(asked.Timeout !== undefined && { ringTimeoutSeconds: asked.Timeout }),
    ...(asked.TimeLimit !== undefined && { timeLimitSeconds: asked.TimeLimit }),
  };
}

/** An application comes before a URL, and that before a document at hand. */
function entryOf(asked: z.output<typeof createCall.schema>, request: ApiRequest): CreateEntry {
  const first: LaidOutVerb[] =
    asked.SendDigits === undefined ? [] : [{ verb: 'SendDigits', digits: asked.SendDigits, loop: 1 }];
  const begun = first.length > 0 && { first };
  if (asked.ApplicationSid !== undefined) {
    return { applicationSid: applicationIn(asked.ApplicationSid), ...begun };
  }
  const source = readSource(asked, request);
  if (source === undefined) {
    throw new Problem(
      'missing-parameter',
      'Url is missing: send Url, Twiml or ApplicationSid, to say what the call should do.',
      { field: 'Url', code: URL_PARAMETER },
    );
  }
  return 'verbs' in source ? { ...source, verbs: [...first, ...source.verbs] } : { ...source, ...begun };
}

function applicationIn(text: string): string {
  const sid = parseSid('AP', text);
  if (sid !== undefined) return sid;
  throw refusal(
    'invalid-parameter',
    'ApplicationSid',
    'has to be AP and 32 hex digits, or a UUID',
    createCall.codes,
  );
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

type CreateEntry = WrittenEntry | ChosenApplication;

/** The parameters of a create or an update that had no effect. */
export function withoutEffect(request: ApiRequest, contract: Contract): string[] {
  const pairs = filled(bodyParameters(request));
  const given = new Set(pairs.map(([name]) => name));
  const source = given.has('ApplicationSid')
    ? OF_ANYTHING_BUT_AN_APPLICATION
    : given.has('Url')
      ? OF_A_DOCUMENT_AT_HAND
      : OF_A_URL;
  return [
    ...unknownNames(pairs, contract),
    ...source.filter(name => given.has(name) && Object.hasOwn(contract.schema.shape, name)),
  ];
}

/** With a Url, a document at hand is not read; without one, nothing is asked. */
const OF_A_DOCUMENT_AT_HAND = ['Twiml', 'Laml'];
const OF_A_URL = ['Method', 'FallbackUrl', 'FallbackMethod'];
/** An application says all of these itself. */
const OF_ANYTHING_BUT_AN_APPLICATION = [
  'Url',
  ...OF_A_URL,
  ...OF_A_DOCUMENT_AT_HAND,
  'StatusCallback',
  'StatusCallbackMethod',
  'StatusCallbackEvent',
];

/** The codes of what is amiss with a document at hand although it is carried out. */
export function documentWarnings(request: ApiRequest): number[] {
  const pairs = filled(bodyParameters(request));
  const text = pairs.find(([name]) => name === 'Url' || name === 'ApplicationSid')
    ? undefined
    : pairs.find(([name]) => name === 'Twiml' || name === 'Laml');
  if (text === undefined) return [];
  return parseInline(text[1], text[0], request.nowMs).notifications.map(({ code }) => code);
}

/** An empty parameter says nothing. */
export const filled = (pairs: Pairs) => pairs.filter(([, value]) => value !== '');

interface Source {
  Url?: string | undefined;
  Method?: HttpMethod | undefined;
  FallbackUrl?: string | undefined;
  FallbackMethod?: HttpMethod | undefined;
  Twiml?: string | undefined;
  Laml?: string | undefined;
}

function readSource(asked: Source, { nowMs }: ApiRequest): WrittenEntry | undefined {
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

function redirect(source: WrittenEntry): CallChange {
  const callerIds = callerIdsOf(source);
  return { redirect: source, ...(callerIds.length > 0 && { callerIds }) };
}

/** The numbers that a document at hand shows to telephones; what is shown over SIP can be any name. */
function callerIdsOf(source: CreateEntry): CallerId[] {
  if (!('verbs' in source)) return [];
  return source.verbs.flatMap(verb =>
    verb.verb === 'Dial' && verb.callerId !== undefined && verb.targets.some(({ kind }) => kind === 'number')
      ? [{ number: verb.callerId, field: 'Twiml' }]
      : [],
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

function statusCallback(asked: {
  StatusCallback?: string | undefined;
  StatusCallbackMethod?: HttpMethod | undefined;
  StatusCallbackEvent?: string[] | undefined;
}): StatusCallback | undefined {
  const { StatusCallback: url, StatusCallbackMethod: how = 'POST', StatusCallbackEvent: given = [] } = asked;
  if (url === undefined) return undefined;
  return { url, method: how, events: given.length === 0 ? [...DEFAULT_EVENTS] : eventsOf(given) };
}

function parentIn(text: string): string {
  const sid = parseSid('CA', text);
  if (sid !== undefined) return sid;
  throw new Problem('invalid-parameter', 'ParentCallSid has to be CA and 32 hex digits, or a UUID.', {
    field: 'ParentCallSid',
  });
}
