/** Tables of attributes: what each takes, what stands in for it, and the number of a value that it does not take. */
import type { HttpMethod } from '../../core/call.ts';
import { shown } from '../text.ts';
import type { Element } from './element.ts';
import type { Reading } from './reading.ts';

export interface Attribute<T> {
  /** In words: `a whole number from 5 to 600`. */
  takes: string;
  /** undefined for a value that it does not take. */
  read(text: string): T | undefined;
  /** What holds without it, and in place of a value that it does not take. */
  otherwise: T;
  /** Without one, the dialect's number for what its schema does not know. */
  code?: number;
  /** No document with a wrong value is carried out: what stands in would not do. */
  strict?: true;
  /** What is said of a value that it does not take, where that is more than what it takes. */
  sentence?: string;
}

export type AttributeTable = Readonly<Record<string, Attribute<unknown>>>;
export type ValuesOf<Table extends AttributeTable> = {
  -readonly [Name in keyof Table]: Table[Name] extends Attribute<infer T> ? T : never;
};

/** Reads an element's attributes. What is wrong or unknown is noted; throws DocumentError where a table is strict. */
export function readAttributes<Table extends AttributeTable>(
  element: Element,
  table: Table,
  reading: Reading,
): ValuesOf<Table> {
  const values: Record<string, unknown> = { ...defaultsOf(table) };
  for (const name in element.attributes) {
    const text = element.attributes[name] ?? '';
    const attribute = Object.hasOwn(table, name) ? table[name] : undefined;
    if (attribute === undefined) {
      if (!IGNORABLE.test(name))
        reading.warn(reading.codes.schema, element, `there is no attribute ${shown(name)}; it is ignored.`);
      continue;
    }
    const value = attribute.read(text);
    if (value !== undefined) {
      values[name] = value;
      continue;
    }
    const { code = reading.codes.schema, strict } = attribute;
    if (strict) throw reading.refusal(code, element, sentenceOf(name, text, attribute));
    reading.warn(code, element, sentenceOf(name, text, attribute));
  }
  return values as ValuesOf<Table>;
}

function sentenceOf(
  name: string,
  text: string,
  { takes, otherwise, strict, sentence }: Attribute<unknown>,
): string {
  if (sentence !== undefined) return `${name} ${sentence}`;
  const wrong = `${name} is "${shown(text)}", but takes ${takes}`;
  if (strict) return `${wrong}.`;
  return `${wrong}; ${otherwise === undefined ? 'it is left out' : `"${String(otherwise)}" is used`}.`;
}

/** Namespaces, schema locations and the like say nothing to a platform. */
const IGNORABLE = /^(?:xmlns$|xml(?:ns)?:|xsi:)/;

const defaults = new WeakMap<AttributeTable, Record<string, unknown>>();

function defaultsOf(table: AttributeTable): Record<string, unknown> {
  const known = defaults.get(table);
  if (known !== undefined) return known;
  const made = Object.fromEntries(Object.entries(table).map(([name, { otherwise }]) => [name, otherwise]));
  defaults.set(table, made);
  return made;
}

/** A whole number; `of` says what of. */
export function whole(
  code: number,
  otherwise: number,
  [min, max]: [number, number],
  of = '',
): Attribute<number> {
  return {
    takes: `a whole number${of} from ${min} to ${max}`,
    read: text => {
      const value = /^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
    otherwise,
    code,
  };
}

const BOOLEANS = new Map([
  ['true', true],
  ['false', false],
]);

export function flag(code: number, otherwise: boolean): Attribute<boolean> {
  return { takes: 'true or false', read: text => BOOLEANS.get(text.trim().toLowerCase()), otherwise, code };
}

export function word<W extends string>(code: number, otherwise: W, words: readonly W[]): Attribute<W> {
  return {
    takes: words.join(' or '),
    read: text => words.find(each => each === text.trim()),
    otherwise,
    code,
  };
}

export function method(code: number): Attribute<HttpMethod> {
  return {
    takes: 'GET or POST',
    read: text => (['GET', 'POST'] as const).find(each => each === text.trim().toUpperCase()),
    otherwise: 'POST',
    code,
  };
}

/** Any text. */
export function text<T extends string | undefined>(otherwise: T): Attribute<string | T> {
  return { takes: 'a text', read: value => value, otherwise };
}

export function pattern(
  code: number,
  regex: RegExp,
  takes: string,
  strict?: true,
): Attribute<string | undefined> {
  return {
    takes,
    read: value => (regex.test(value) ? value : undefined),
    otherwise: undefined,
    code,
    ...(strict && { strict }),
  };
}

/** An attribute that says how something is done that is not done here: it has no effect. */
export const idle: Attribute<null> = {
  takes: 'anything',
  read: () => null,
  otherwise: null,
};

/** An attribute whose function is not there: every value but the harmless ones is noted, with what happens instead. */
export function missing(code: number, harmless: RegExp, sentence: string): Attribute<null> {
  return {
    takes: '',
    read: value => (harmless.test(value.trim()) ? null : undefined),
    otherwise: null,
    code,
    sentence,
  };
}

/** The same where going on without it would break what the document promises. */
export function needed(code: number, harmless: RegExp, sentence: string): Attribute<null> {
  return { ...missing(code, harmless, sentence), strict: true };
}
