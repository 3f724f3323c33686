/** Which calls a list has, and in which order. */
import { type Call, durationSeconds } from '../../core/call.ts';
import type { PageCalls } from '../../core/operation.ts';
import { Problem } from '../../core/problem.ts';
import { readDate } from '../dates.ts';
import type { ApiRequest, Pairs } from '../dialect.ts';
import { read } from '../parameters.ts';
import { listCalls, type SORT_NAMES } from './contracts.ts';
import { readPage } from './paging.ts';
import { callSidOf } from './spelling.ts';
import { STATUSES_OF_WORD, statusWord } from './status-words.ts';

/** Throws Problem. */
export function decodeListCalls(request: ApiRequest): PageCalls {
  readPage(request);
  const query = request.query.filter(([, value]) => value !== '');
  const asked = read(query, listCalls);
  const [from, to] = [matcher(asked.From), matcher(asked.To)];
  return {
    filter: {
      ...(asked.Status !== undefined && { statuses: STATUSES_OF_WORD[asked.Status.toLowerCase()] ?? [] }),
      ...(asked.ParentCallSid !== undefined && { parentSid: parentOf(asked.ParentCallSid) }),
      ...bound(query, 'StartTime', ({ ms }) => ({ startedAfterMs: ms })),
      ...bound(query, 'EndTime', ({ ms, lengthMs }) => ({ endedBeforeMs: ms + lengthMs - 1 })),
    },
    // There are no conferences, so nobody's call is in one.
    also: call => from(call.from) && to(call.to) && asked.ConferenceSid === undefined,
    // All of them: a page is cut once they are sorted.
    offset: 0,
    limit: Number.MAX_SAFE_INTEGER,
  };
}

/** In the order that was asked for, the oldest first without one; of two that are equal, the older one. */
export function sorted(calls: readonly Call[], { query }: Pick<ApiRequest, 'query'>): Call[] {
  const { SortBy, Reverse } = read(query, listCalls);
  const [name = 'DateCreated', direction = Reverse === 'true' ? 'desc' : 'asc'] = SortBy?.split(':') ?? [];
  const key = SORT_KEYS[name as (typeof SORT_NAMES)[number]];
  const sign = direction === 'desc' ? -1 : 1;
  return calls.toSorted(
    (a, b) => sign * compare(key(a), key(b)) || a.createdAtMs - b.createdAtMs || compare(a.sid, b.sid),
  );
}

const SORT_KEYS: Readonly<Record<(typeof SORT_NAMES)[number], (call: Call) => string | number>> = {
  DateCreated: call => call.createdAtMs,
  From: call => call.from,
  To: call => call.to,
  Direction: call => call.direction,
  Status: call => statusWord(call.status, call.sipCode),
  Duration: call => durationSeconds(call) ?? 0,
  Price: () => 0,
};

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);

/** The end of a number will do; `%` stands for anything. */
function matcher(wanted: string | undefined): (text: string) => boolean {
  if (wanted === undefined) return () => true;
  if (!wanted.includes('%')) return text => text.endsWith(wanted);
  const [first = '', ...rest] = wanted.split(/%+/);
  const last = rest.pop() ?? '';
  return text => {
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
  };
}

/** A day, from its midnight UTC to the next. */
function bound<T extends object>(
  query: Pairs,
  name: string,
  bounds: (day: ReturnType<typeof readDate>) => T,
): T | undefined {
  const [, text] = query.find(([each]) => each === name) ?? [];
  return text === undefined ? undefined : bounds(readDate(name, text));
}

function parentOf(text: string): string {
  const sid = callSidOf(text);
  if (sid !== undefined) return sid;
  throw new Problem('invalid-parameter', 'ParentCallSid has to be CA and 32 hex digits.', {
    field: 'ParentCallSid',
  });
}
