/** Lists come in pages, in an envelope that both official clients walk through. */
import { Problem } from '../../core/problem.ts';
import type { ApiAnswer, ApiRequest, Pairs } from '../dialect.ts';
import { type Contract, ignoredHeader, unknownNames } from '../parameters.ts';
import { withQuery } from '../web-encoding.ts';

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 1_000;
export const PAGE_PARAMETERS = ['PageSize', 'Page', 'PageToken'] as const;

/** Codes: SignalWire's for a page without its token and for a bad size, Twilio's for a token that cannot be read. */
const CODES = { tokenMissing: 54453, badSize: 54454, badPage: 21481 } as const;
const TOKEN_PREFIX = 'PA';

interface Page {
  size: number;
  number: number;
  token?: string;
}

/** Throws Problem. A size above the largest is the largest: the official clients ask for as many as their caller wants. */
export function readPage({ query }: ApiRequest): Page {
  const given = Object.fromEntries(query.filter(([name]) => isPageParameter(name)));
  const { PageSize: size = String(DEFAULT_PAGE_SIZE), Page: number = '0', PageToken: token } = given;
  if (!/^[1-9]\d{0,8}$/.test(size)) {
    throw refuse('PageSize', CODES.badSize, `has to be a whole number from 1 to ${MAX_PAGE_SIZE}`);
  }
  if (!/^\d{1,8}$/.test(number)) throw refuse('Page', CODES.badPage, 'has to be a whole number, 0 or more');
  if (token === undefined && Number(number) > 0) {
    throw refuse('Page', CODES.tokenMissing, 'needs the PageToken of next_page_uri when it is not 0');
  }
  if (token !== undefined && !token.startsWith(TOKEN_PREFIX)) {
    throw refuse('PageToken', CODES.badPage, 'is none that was given out: follow next_page_uri as it is');
  }
  return {
    size: Math.min(Number(size), MAX_PAGE_SIZE),
    number: Number(number),
    ...(token !== undefined && { token: token.slice(TOKEN_PREFIX.length) }),
  };
}

/** One page: what both clients need, and nothing that either stumbles over. Pages go forward only. */
export function envelope(request: ApiRequest, key: string, items: readonly unknown[], nextToken?: string) {
  const { size, number, token } = readPage(request);
  const filters = request.query.filter(([name]) => !isPageParameter(name));
  const uri = (page: number, pageToken?: string) =>
    withQuery(request.path, [
      ...filters,
      ['PageSize', String(size)],
      ['Page', String(page)],
      ...((pageToken === undefined ? [] : [['PageToken', TOKEN_PREFIX + pageToken]]) as Pairs),
    ]);
  return {
    uri: uri(number, token),
    first_page_uri: uri(0),
    next_page_uri: nextToken === undefined ? null : uri(number + 1, nextToken),
    previous_page_uri: number === 1 ? uri(0) : null,
    page: number,
    page_size: size,
    start: number * size,
    end: number * size + Math.max(0, items.length - 1),
    [key]: items,
  };
}

/** A page of a list that is at hand whole: its token is the place of its first item. */
export function envelopeOfAll(request: ApiRequest, key: string, all: readonly unknown[]) {
  const { size, token } = readPage(request);
  const first = /^\d{1,9}$/.test(token ?? '0') ? Number(token ?? 0) : all.length;
  const end = first + size;
  return envelope(request, key, all.slice(first, end), end < all.length ? String(end) : undefined);
}

/** A list as it is answered, with the names of filters that it does not know. */
export const listAnswer = (request: ApiRequest, contract: Contract, body: object): ApiAnswer => ({
  status: 200,
  headers: ignoredHeader(unknownNames(request.query, contract)),
  body,
});

const isPageParameter = (name: string) => (PAGE_PARAMETERS as readonly string[]).includes(name);

const refuse = (field: string, code: number, what: string) =>
  new Problem('invalid-page', `${field} ${what}.`, { field, code });
