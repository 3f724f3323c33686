import type { Call } from '../../../core/call.ts';
import type { CallFilter } from '../../../core/operation.ts';
import { Problem } from '../../../core/problem.ts';
import { MAX_CALLS_SCANNED } from '../limits.ts';
import { familiesAsNow } from './as-now.ts';
import type { Operation } from './operation.ts';

/** Sessions that one query of the table brings. */
export const SESSIONS_A_READ = 50;

/** Where a page ended: the sessions before `after` are done, and of the next one `skip` calls were shown. */
interface Place {
  after?: string;
  skip: number;
}

/** Newest root call first, each followed by the calls that it dialled, newest first. */
export const listCalls: Operation<'listCalls'> = async (
  { filter, pageSize, pageToken },
  tools,
  { request },
) => {
  const calls: Call[] = [];
  let place: Place = pageToken === undefined ? { skip: 0 } : decodeToken(pageToken);
  for (let scanned = 0; scanned < MAX_CALLS_SCANNED; ) {
    const page = await tools.calls.list(request.accountSid, SESSIONS_A_READ, place.after);
    for await (const { calls: family, at } of familiesAsNow(page.sessions, tools)) {
      scanned += family.length;
      const shown = family
        .toReversed()
        .filter(call => matches(call, filter))
        .slice(place.skip);
      const room = pageSize - calls.length;
      calls.push(...shown.slice(0, room));
      if (shown.length > room) return pageOf(calls, { ...place, skip: place.skip + room });
      place = { after: at, skip: 0 };
    }
    if (page.next === undefined) return { result: { calls } };
  }
  return pageOf(calls, place);
};

const pageOf = (calls: Call[], place: Place) => ({ result: { calls, nextPageToken: encodeToken(place) } });

export function matches(call: Call, filter: CallFilter): boolean {
  const within = (
    atMs: number | undefined,
    afterMs = Number.NEGATIVE_INFINITY,
    beforeMs = Number.POSITIVE_INFINITY,
  ) =>
    (afterMs === Number.NEGATIVE_INFINITY && beforeMs === Number.POSITIVE_INFINITY) ||
    (atMs !== undefined && atMs >= afterMs && atMs <= beforeMs);
  return (
    !call.deleted &&
    (filter.to === undefined || call.to === filter.to) &&
    (filter.from === undefined || call.from === filter.from) &&
    (filter.parentSid === undefined || call.parentSid === filter.parentSid) &&
    (filter.statuses === undefined || filter.statuses.includes(call.status)) &&
    within(call.startedAtMs, filter.startedAfterMs, filter.startedBeforeMs) &&
    within(call.endedAtMs, filter.endedAfterMs, filter.endedBeforeMs)
  );
}

const encodeToken = (place: Place) => Buffer.from(JSON.stringify(place)).toString('base64url');

function decodeToken(token: string): Place {
  try {
    const place = JSON.parse(Buffer.from(token, 'base64url').toString()) as Partial<Place>;
    const after = /^[\d\-:.TZ]+#CA[0-9a-f]{32}$/.test(place.after ?? '') ? place.after : undefined;
    if (Number.isInteger(place.skip) && (place.after === undefined || after !== undefined)) {
      return { skip: place.skip as number, ...(after !== undefined && { after }) };
    }
  } catch (cause) {
    throw unknownPage(cause);
  }
  throw unknownPage();
}

const unknownPage = (cause?: unknown) =>
  new Problem('invalid-page', 'This page token is none that a list has given.', {
    field: 'PageToken',
    cause,
  });
