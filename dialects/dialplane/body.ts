/** JSON bodies, checked: what is wrong is told with the name of the attribute that it is in. */
import * as z from 'zod';
import { Problem } from '../../core/problem.ts';
import type { ApiRequest } from '../dialect.ts';
import { valueAt } from '../value-at.ts';

/** The body as its schema gives it. Throws Problem. */
export function readBody<T>(schema: z.ZodType<T>, { json }: Pick<ApiRequest, 'json'>): T {
  if (json === undefined) {
    throw new Problem('unsupported-media-type', 'Send a JSON object with Content-Type: application/json.');
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw problemOf(parsed.error, json);
}

/** Values are never repeated: one of them may be a password. */
function problemOf(error: z.ZodError, json: unknown): Problem {
  // What is unknown comes first: a misspelt name is the reason why another one is missing.
  const issue = error.issues.find(({ code }) => code === 'unrecognized_keys') ?? error.issues[0];
  const path = issue?.path.map(String) ?? [];
  if (issue?.code === 'unrecognized_keys') {
    const names = issue.keys.map(name => [...path, name].join('.'));
    const [field = ''] = names;
    return new Problem('unknown-parameter', `${names.join(', ')}: no such attribute. Leave it out.`, {
      field,
    });
  }
  const field = path.join('.');
  if (field === '') return new Problem('malformed-body', 'The body has to be a JSON object.');
  return valueAt(json, issue?.path ?? []) === undefined
    ? new Problem('missing-parameter', `${field} is missing.`, { field })
    : new Problem('invalid-parameter', `${field} ${issue?.message}.`, { field });
}

/** What an answer says of a thing and a request cannot change; sent back with it, as after a GET, it has no effect. */
export const READ_ONLY = { createdAt: z.unknown().optional(), updatedAt: z.unknown().optional() };

/** Of every thing that an account has. */
export const DATES = { createdAt: z.iso.datetime(), updatedAt: z.iso.datetime() };

export const time = (atMs: number): string => new Date(atMs).toISOString();

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not get in.
const PLAIN = /^[^\u0000-\u001f\u007f]*$/;

export const text = (max: number) => {
  const words = `must be a text of at most ${max} characters`;
  return z.string(words).max(max, words).regex(PLAIN, 'must not contain control characters');
};

export const wholeNumber = (min: number, max: number) => {
  const words = `must be a whole number from ${min} to ${max}`;
  return z.number(words).int(words).min(min, words).max(max, words);
};

export const list = <T extends z.ZodType>(each: T, max: number) =>
  z.array(each, 'must be a list').max(max, `must have at most ${max} entries`);
