/** What each request about calls comes to. All throw Problem. */
import type { Call, CallbackEvent, StatusCallback } from '../../core/call.ts';
import { durationSeconds } from '../../core/call.ts';
import type { CallChange, PageCalls, PlaceCall } from '../../core/operation.ts';
import { Problem } from '../../core/problem.ts';
import type { Entry } from '../../core/session.ts';
import { parseSid } from '../../core/sid.ts';
import type { ApiRequest } from '../dialect.ts';
import { bodyParameters, type Contract, read, refusal, unknownNames } from '../parameters.ts';
import { shown } from '../text.ts';
import { endpointOf } from './addresses.ts';
import { causeOf } from './causes.ts';
import {
  COMPARISONS,
  createCall,
  IDLE_ON_CREATE,
  listCalls,
  MAX_DESTINATIONS,
  MAX_TIME_LIMIT_SECONDS,
  readCall,
  transferCall,
} from './contracts.ts';
import { dialled, withoutPlus } from './numbers.ts';
import { pageOf } from './paging.ts';
import { readSipHeaders } from './sip-headers.ts';
import { LIVE_STATUSES, QUEUED_STATUSES } from './status-words.ts';

/** Seconds that a call rings unless its request says otherwise. */
export const DEFAULT_RING_TIMEOUT_SECONDS = 120;
const DAY_MS = 86_400_000;
/** Of calls whose list says nothing of their end, and of one that names only one bound of it. */
const DEFAULT_WINDOW_MS = 7 * DAY_MS;
const OPEN_WINDOW_MS = 30 * DAY_MS;

/** What a create says, and which of its parameters have no effect: also those that never have one. */
function readCreate(request: ApiRequest) {
  const given = bodyParameters(request);
  const asked = read(given, createCall);
  const { headers, dropped } = readSipHeaders(asked.sip_headers ?? '');
  const idle = [
    ...unknownNames(given, createCall),
    ...IDLE_ON_CREATE.filter(name => given.some(([own]) => own === name)),
    // Pairs that were left out, as the platform does it without a word.
    ...dropped.map(pair => `sip_headers: ${pair}`),
  ];
  return { asked, headers, idle };
}

type Create = ReturnType<typeof readCreate>;

/** Each create is read once: the answer to it tells of the same reading as its calls. */
const creates = new WeakMap<ApiRequest, Create>();

function createOf(request: ApiRequest): Create {
  const create = creates.get(request) ?? readCreate(request);
  creates.set(request, create);
  return create;
}

/** A call for each destination. */
export function decodeCreate(request: ApiRequest): { calls: PlaceCall[] } {
  const { asked, headers } = createOf(request);
  if (asked.parent_call_uuid !== undefined && asked.error_if_parent_not_found === 'true') {
    throw refusal(
      'invalid-parameter',
      'parent_call_uuid',
      'names no call of a conference, as there are none: leave it out, or error_if_parent_not_found',
      createCall.codes,
    );
  }
  const answer = { url: asked.answer_url, method: asked.answer_method ?? 'POST' } as const;
  const hangup = {
    url: asked.hangup_url ?? answer.url,
    method: asked.hangup_method ?? (asked.hangup_url === undefined ? answer.method : 'POST'),
  } as const;
  const elsewhere: StatusCallback['elsewhere'] = {
    ...(asked.callback_url !== undefined && {
      queued: { url: asked.callback_url, method: asked.callback_method ?? 'POST' },
    }),
    ...(asked.ring_url !== undefined && {
      ringing: { url: asked.ring_url, method: asked.ring_method ?? 'POST' },
    }),
  };
  const early = Object.keys(elsewhere) as CallbackEvent[];
  const callback: StatusCallback = {
    ...hangup,
    events: [...early, 'completed'],
    ...(early.length > 0 && { elsewhere }),
  };
  const fallbackUrl = asked.fallback_url ?? asked.fallback_answer_url;
  const entry: Entry = {
    target: answer,
    ...(fallbackUrl !== undefined && {
      fallback: { url: fallbackUrl, method: asked.fallback_method ?? 'POST' },
    }),
    ...(asked.send_digits !== undefined && {
      first: [{ verb: 'SendDigits', digits: asked.send_digits.replace(/@\d+/g, ''), loop: 1 }],
    }),
  };
  const common = {
    from: dialled(asked.from),
    fields: { to: 'to', from: 'from' },
    entry,
    callback,
    ...(asked.callback_url !== undefined && { requestId: request.requestId }),
    // What the telephone network cannot carry is not sent there, and its requests tell of it all the same.
    sipSettings: { leg: 'to', headers, attributes: [] },
    ...(headers.length > 0 && { parameters: headers }),
    ...(asked.caller_name && { callerName: asked.caller_name }),
    ringTimeoutSeconds: asked.ring_timeout ?? DEFAULT_RING_TIMEOUT_SECONDS,
    ...(asked.hangup_on_ring !== undefined && { hangUpAfterRingingSeconds: asked.hangup_on_ring }),
    ...(asked.time_limit !== undefined && {
      timeLimitSeconds: Math.min(asked.time_limit, MAX_TIME_LIMIT_SECONDS),
    }),
  };
  const to = destinations(asked.to);
  const failsAlone = to.length > 1 && { failsAlone: true as const };
  return { calls: to.map(each => ({ ...common, to: each, ...failsAlone })) };
}

/** Numbers and SIP addresses, with `<` between them. */
function destinations(text: string): string[] {
  const all = text.split('<').map(each => each.trim());
  const refuse = (what: string) => refusal('invalid-parameter', 'to', what, createCall.codes);
  if (all.includes('')) throw refuse('has to name somebody to call, with < between several');
  if (all.length > MAX_DESTINATIONS) throw refuse(`names more than ${MAX_DESTINATIONS} destinations`);
  const calls = all.map(callee);
  const twin = calls.find((each, index) => calls.indexOf(each) !== index);
  if (twin !== undefined) throw refuse(`names ${shown(twin)} twice: each destination is called once`);
  return calls;
}

/** An endpoint of the account is called by its name, any other SIP address as it is. */
function callee(written: string): string {
  if (!/^sips?:/i.test(written)) return dialled(written);
  const name = endpointOf(written);
  return name === undefined ? written : `client:${name}`;
}

/** The A leg is the call itself, the B leg whoever it talks with. */
export function decodeTransfer(request: ApiRequest): CallChange[] {
  const asked = read(bodyParameters(request), transferCall);
  const legs = asked.legs ?? 'aleg';
  const entryOf = (leg: 'aleg' | 'bleg'): Entry | undefined => {
    if (legs !== leg && legs !== 'both') return undefined;
    const url = asked[`${leg}_url`];
    if (url === undefined) throw refusal('missing-parameter', `${leg}_url`, 'is missing', transferCall.codes);
    return { target: { url, method: asked[`${leg}_method`] ?? 'POST' } };
  };
  const [redirect, connected] = [entryOf('aleg'), entryOf('bleg')];
  return [{ ...(redirect && { redirect }), ...(connected && { connected }) }];
}

/** Parameters of a request that had no effect. */
export const withoutEffect = (request: ApiRequest, contract: Contract): string[] =>
  unknownNames(bodyParameters(request), contract);

/** Its result is told to a URL of its own; the answer says no more than that. */
export const isAsynchronous = (request: ApiRequest): boolean =>
  createOf(request).asked.callback_url !== undefined;

/** Parameters of a create that had no effect. */
export const idleOnCreate = (request: ApiRequest): readonly string[] => createOf(request).idle;

export function callInPath({ params }: ApiRequest, place: 'callUuid' | 'requestUuid' = 'callUuid'): string {
  const sid = parseSid('CA', params[place] ?? '');
  if (sid !== undefined) return sid;
  throw new Problem('unknown-call', `There is no call ${shown(params[place] ?? '')}: give its UUID.`);
}

/** Which calls a request is about: those that are live or queued, or those that are over. */
export function stateAsked({ query }: ApiRequest): 'live' | 'queued' | 'over' {
  const { status = 'over' } = read(
    query.filter(([name]) => name === 'status'),
    readCall,
  );
  return status as 'live' | 'queued' | 'over';
}

/** Throws Problem for a call that is in another state than the request is about: there it is not found. */
export function requireState(call: Call, request: ApiRequest): void {
  const state = stateAsked(request);
  if (isIn(call, state)) return;
  const hint =
    state === 'over'
      ? `It is not over: ask for ${QUEUED_STATUSES.includes(call.status as 'queued') ? 'status=queued' : 'status=live'}.`
      : `It is not ${state}.`;
  throw new Problem('unknown-call', `There is no such call here. ${hint}`);
}

function isIn(call: Call, state: 'live' | 'queued' | 'over'): boolean {
  const live: readonly string[] = LIVE_STATUSES;
  const queued: readonly string[] = QUEUED_STATUSES;
  if (state === 'live') return live.includes(call.status);
  if (state === 'queued') return queued.includes(call.status);
  return call.endedAtMs !== undefined;
}

export function decodeList(request: ApiRequest): PageCalls {
  const asked = read(request.query, listCalls);
  const state = stateAsked(request);
  const { limit, offset } = state === 'over' ? pageOf(asked) : { limit: Number.POSITIVE_INFINITY, offset: 0 };
  const parentSid = asked.parent_call_uuid === undefined ? undefined : parentIn(asked.parent_call_uuid);
  const all = tests(asked, state, request.nowMs);
  return {
    filter: { ...(parentSid !== undefined && { parentSid }) },
    also: call => isIn(call, state) && all.every(test => test(call)),
    offset,
    limit,
  };
}

type Asked = ReturnType<typeof read<(typeof listCalls)['schema']['shape']>>;
type Test = (call: Call) => boolean;

/** What a list asks of each call. */
function tests(asked: Asked, state: 'live' | 'queued' | 'over', nowMs: number): Test[] {
  const { call_direction, from_number, to_number, hangup_cause_code, hangup_source } = asked;
  const begins = (text: string, with_: string) => withoutPlus(text).startsWith(withoutPlus(dialled(with_)));
  return [
    ...(asked.subaccount ? [() => false] : []),
    ...(call_direction === undefined ? [] : [({ direction }: Call) => direction.startsWith(call_direction)]),
    ...(from_number === undefined ? [] : [({ from }: Call) => begins(from, from_number)]),
    ...(to_number === undefined ? [] : [({ to }: Call) => begins(to, to_number)]),
    ...(hangup_cause_code === undefined ? [] : [(call: Call) => causeOf(call).code === hangup_cause_code]),
    ...(hangup_source === undefined ? [] : [(call: Call) => causeOf(call).source === hangup_source]),
    within(asked, 'bill_duration', call => durationSeconds(call) ?? 0),
    ...(state === 'over' ? [within({ ...window(asked, nowMs), ...asked }, 'end_time', endOf)] : []),
  ];
}

/** A list shows its times by the second: what ended within one counts as its beginning. */
const endOf = ({ endedAtMs = 0 }: Call) => Math.floor(endedAtMs / 1000) * 1000;

type Bounds = Readonly<Record<string, unknown>>;

function within(asked: Bounds, name: string, of: (call: Call) => number): Test {
  const [exactly, above, from, below, upTo] = COMPARISONS.map(suffix => asked[name + suffix]) as (
    | number
    | undefined
  )[];
  return call => {
    const value = of(call);
    return (
      (exactly === undefined || value === exactly) &&
      (above === undefined || value > above) &&
      (from === undefined || value >= from) &&
      (below === undefined || value < below) &&
      (upTo === undefined || value <= upTo)
    );
  };
}

/** The platform's own bounds of a list, where the request leaves one open. */
function window(asked: Bounds, nowMs: number): Bounds {
  const lower = (asked['end_time__gt'] ?? asked['end_time__gte']) as number | undefined;
  const upper = (asked['end_time__lt'] ?? asked['end_time__lte']) as number | undefined;
  if (asked['end_time'] !== undefined || (lower !== undefined && upper !== undefined)) return {};
  if (lower !== undefined) return { end_time__lte: lower + OPEN_WINDOW_MS };
  if (upper !== undefined) return { end_time__gte: upper - OPEN_WINDOW_MS };
  return { end_time__gte: nowMs - DEFAULT_WINDOW_MS };
}

function parentIn(text: string): string {
  const sid = parseSid('CA', text);
  if (sid !== undefined) return sid;
  throw refusal('invalid-parameter', 'parent_call_uuid', 'has to be a UUID', listCalls.codes);
}
