/** Parameters of a request, wherever they stand: form, JSON or query. */
import * as z from 'zod';
import type { HttpMethod, WebTarget } from '../core/call.ts';
import { Problem } from '../core/problem.ts';
import type { MediaType } from './description.ts';
import type { ApiRequest, Pairs } from './dialect.ts';
import { MAX_URL_CHARACTERS, shown } from './text.ts';

/** The dialect's number for what is wrong with a parameter, by its name. */
export type Codes = Readonly<Record<string, number | { missing: number; invalid: number }>>;

/** What a request may say: a schema, and its numbers. Names of `lists` may be repeated. */
export interface Contract<Shape extends z.core.$ZodLooseShape = z.core.$ZodLooseShape> {
  schema: z.ZodObject<Shape>;
  codes: Codes;
  lists?: readonly string[];
}

/** How a body of parameters may come. */
export const BODY_FORMS: readonly MediaType[] = ['form', 'json'];

/** The parameters of a body: a form's fields, or the members of a JSON object. Throws Problem. */
export function bodyParameters({ form, json }: ApiRequest): Pairs {
  if (json === undefined) return form;
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new Problem('malformed-body', 'The body has to be a form or a JSON object of parameters.');
  }
  return Object.entries(json).flatMap(([name, value]) => members(name, value));
}

function members(name: string, value: unknown): Pairs {
  if (value === null) return [];
  if (Array.isArray(value)) return value.flatMap(each => members(name, each));
  if (typeof value === 'object') {
    throw new Problem(
      'malformed-body',
      `${shown(name)} has to be a text, a number, true or false, or a list of texts.`,
      {
        field: name,
      },
    );
  }
  return [[name, String(value)]];
}

/** Reads parameters by their contract. Throws Problem for the first that breaks it. */
export function read<Shape extends z.core.$ZodLooseShape>(
  pairs: Pairs,
  { schema, codes, lists = [] }: Contract<Shape>,
): z.output<z.ZodObject<Shape>> {
  const given: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of pairs) {
    if (!Object.hasOwn(schema.shape, name)) continue;
    if (lists.includes(name)) given[name] = [...((given[name] as string[] | undefined) ?? []), value];
    else if (given[name] === undefined) given[name] = value;
    else throw refusal('invalid-parameter', name, 'is given more than once: give it once', codes);
  }
  const parsed = schema.safeParse({ ...given });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = String(issue?.path[0]);
  throw refusal(
    given[name] === undefined ? 'missing-parameter' : 'invalid-parameter',
    name,
    given[name] === undefined ? 'is missing' : (issue?.message ?? 'is invalid'),
    codes,
  );
}

/** A Problem about one parameter, under its own number. */
export function refusal(
  kind: 'missing-parameter' | 'invalid-parameter' | 'unroutable',
  name: string,
  what: string,
  codes: Codes,
): Problem {
  const own = codes[name];
  const code = typeof own === 'object' ? own[kind === 'missing-parameter' ? 'missing' : 'invalid'] : own;
  return new Problem(kind, `${name} ${what}.`, { field: name, ...(code !== undefined && { code }) });
}

/** Names that the contract does not know: accepted, as the platforms do, and named in the answer. */
export function unknownNames(pairs: Pairs, { schema }: Contract): string[] {
  return [...new Set(pairs.map(([name]) => name))].filter(
    name => name !== '' && !Object.hasOwn(schema.shape, name),
  );
}

const MAX_NAMES_IN_HEADER = 20;
export const IGNORED_HEADER = 'dialplane-ignored-parameters';

/** A header that names parameters without effect; none where all had one. */
export function ignoredHeader(names: readonly string[]): Record<string, string> {
  if (names.length === 0) return {};
  const listed = names
    .slice(0, MAX_NAMES_IN_HEADER)
    .map(name => encodeURIComponent(shown(name).toWellFormed()));
  return { [IGNORED_HEADER]: listed.join(', ') };
}

export const webAddress = z
  .string()
  .refine(text => text.length <= MAX_URL_CHARACTERS, `is longer than ${MAX_URL_CHARACTERS} characters`)
  .refine(isWebAddress, 'has to be an absolute http or https URL');

/** …or nothing, which takes it away. */
export const addressOrNothing = z.union(
  [z.literal(''), webAddress],
  'has to be an absolute http or https URL, or empty',
);

export function isWebAddress(text: string): boolean {
  return /^https?:\/\/./i.test(text) && URL.canParse(text);
}

export const method = z
  .string()
  .transform(word => word.toUpperCase())
  .pipe(z.enum(['GET', 'POST'], 'has to be GET or POST'));

/** Words, repeated or separated by spaces. */
export const words = z
  .array(z.string())
  .transform(values => values.flatMap(value => value.trim().split(/[\s,]+/)).filter(word => word !== ''));

export const oneOf = (...values: [string, ...string[]]) => z.enum(values, `has to be ${values.join(', ')}`);

export const flag = oneOf('true', 'false');

export function whole(min: number, max: number) {
  return z
    .string()
    .refine(
      text => /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max,
      `has to be a whole number from ${min} to ${max}`,
    )
    .transform(Number);
}

/** A parameter whose function is not there: only what asks for nothing is taken. */
export function notYet(harmless: readonly string[], sentence: string) {
  return z.string().refine(text => harmless.includes(text.toLowerCase()), sentence);
}

/** An empty URL takes the target away; what is not given stays as it is. */
export function changedTarget(
  url: string | undefined,
  method: HttpMethod | undefined,
): Partial<WebTarget> | null | undefined {
  if (url === '') return null;
  if (url === undefined && method === undefined) return undefined;
  return { ...(url !== undefined && { url }), ...(method !== undefined && { method }) };
}
