/** Lists come in numbered pages, and say how many there are. */
import { Problem } from '../../core/problem.ts';
import type { ApiAnswer, ApiRequest } from '../dialect.ts';
import { snakeCase } from '../text.ts';
import { withQuery } from '../web-encoding.ts';
import { element, jsonOf, type Resource, wantsJson, xmlAnswer, xmlOf } from './representation.ts';

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 1_000;

const PAGE_NAMES = ['Page', 'PageSize'] as const;

/** Throws Problem. */
export function readPage({ query }: Pick<ApiRequest, 'query'>): { page: number; size: number } {
  const given = new Map(query);
  const page = given.get('Page') ?? '0';
  const size = given.get('PageSize') ?? String(DEFAULT_PAGE_SIZE);
  if (!/^\d{1,8}$/.test(page)) throw refuse('Page', 'has to be a whole number, 0 or more');
  if (!/^[1-9]\d{0,7}$/.test(size) || Number(size) > MAX_PAGE_SIZE)
    throw refuse('PageSize', `has to be a whole number from 1 to ${MAX_PAGE_SIZE}`);
  return { page: Number(page), size: Number(size) };
}

/**
 * The page that was asked for. `num_pages` is the number of full ones, and `end` the last place of a full page but the
 * total on the last one, as the platform counts. Throws Problem for a page past the end.
 */
export function listAnswer(
  request: ApiRequest,
  name: string,
  all: readonly Resource[],
  headers: Record<string, string> = {},
): ApiAnswer {
  const { page, size } = readPage(request);
  const total = all.length;
  const fullPages = Math.floor(total / size);
  if (page > fullPages) throw refuse('Page', `is ${page}, but the last one is ${fullPages}`);
  const start = page * size;
  const items = all.slice(start, start + size);
  const uri = (at: number) => uriOf(request, at, size);
  const envelope = {
    page,
    num_pages: fullPages,
    page_size: size,
    total,
    start,
    end: start + size > total ? total : start + size - 1,
    uri: withQuery(request.path, request.query),
    first_page_uri: uri(0),
    previous_page_uri: page === 0 ? null : uri(page - 1),
    next_page_uri: start + size >= total ? null : uri(page + 1),
    last_page_uri: uri(fullPages),
  };
  if (wantsJson(request))
    return {
      status: 200,
      headers,
      body: { ...envelope, [snakeCase(name)]: items.map(each => jsonOf(each.fields)) },
    };
  const attributes = Object.fromEntries(
    Object.entries(envelope).map(([key, value]) => [key.replaceAll('_', ''), value ?? 'null']),
  );
  return xmlAnswer(
    200,
    element(name, items.map(each => xmlOf(each.name, each.fields)).join(''), attributes),
    headers,
  );
}

/** All of them at once, in a bare array or element. */
export function plainList(request: ApiRequest, name: string, all: readonly Resource[]): ApiAnswer {
  return wantsJson(request)
    ? { status: 200, body: all.map(each => jsonOf(each.fields)) }
    : xmlAnswer(200, element(name, all.map(each => xmlOf(each.name, each.fields)).join('')));
}

function uriOf({ path, query }: ApiRequest, page: number, size: number): string {
  const filters = query.filter(([name]) => !(PAGE_NAMES as readonly string[]).includes(name));
  return withQuery(path, [...filters, ['Page', String(page)], ['PageSize', String(size)]]);
}

const refuse = (field: string, what: string) => new Problem('invalid-page', `${field} ${what}.`, { field });
