/** Lists come in pages of at most 20, by `limit` and `offset`, with a `meta` beside their `objects`. */
import * as z from 'zod';
import type { ApiRequest } from '../dialect.ts';
import { whole } from '../parameters.ts';
import { withQuery } from '../web-encoding.ts';

export const MAX_PAGE_SIZE = 20;
const MAX_OFFSET = 999_999_999;

export const pageShape = {
  limit: whole(1, MAX_PAGE_SIZE).optional(),
  offset: whole(0, MAX_OFFSET).optional(),
} as const;

export interface Page {
  limit: number;
  offset: number;
}

/** What a query asks for. Throws ZodError no more than `read` has: it comes after it. */
export function pageOf(asked: { limit?: number | undefined; offset?: number | undefined }): Page {
  const { limit = MAX_PAGE_SIZE, offset = 0 } = asked;
  return { limit, offset };
}

/** One page of a list of which `total` are known. */
export function envelope(request: ApiRequest, page: Page, total: number, objects: readonly unknown[]) {
  const { limit, offset } = page;
  const filters = request.query.filter(([name]) => name !== 'limit' && name !== 'offset');
  const path = request.path.replace(/\/?$/, '/');
  const uri = (from: number) =>
    withQuery(path, [...filters, ['limit', String(limit)], ['offset', String(from)]]);
  return {
    meta: {
      limit,
      offset,
      total_count: total,
      previous: offset > 0 ? uri(Math.max(0, offset - limit)) : null,
      next: offset + limit < total ? uri(offset + limit) : null,
    },
    objects,
  };
}

/** A page of a list that is at hand whole. */
export function envelopeOfAll<T>(
  request: ApiRequest,
  page: Page,
  all: readonly T[],
  show: (each: T) => unknown,
) {
  const shown = all.slice(page.offset, page.offset + page.limit).map(show);
  return envelope(request, page, all.length, shown);
}

export const listPlain = { schema: z.object(pageShape), codes: {} } as const;
