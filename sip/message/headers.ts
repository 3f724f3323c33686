import { SipSyntaxError } from '../grammar/errors.ts';
import { type HeaderName, headerName, isSameHeader, knownHeader } from '../header/names.ts';
import type { HeaderType } from '../header/type.ts';
import { SipParseError } from './errors.ts';
import { Field } from './field.ts';
import { guardHeader, guardToken } from './guard.ts';
import { placeOf } from './place.ts';

/** What can stand as a header value: text, a number, or a typed value that writes itself. */
export type HeaderValue = string | number | { toString(): string };

/**
 * The header fields of a message, in order. Names have no case and compact forms are the same as full ones
 * (RFC 3261 §7.3). Fields that were parsed stay byte for byte as they were until they are replaced. Whatever enters
 * is refused with a `SipInjectionError` if it contains CR, LF or NUL.
 */
export class Headers implements Iterable<readonly [name: string, value: string]> {
  #fields: Field[];
  /** The head the fields were parsed from, for the places in errors. */
  readonly #source: string;
  readonly #sourceStart: number;

  constructor(fields: Field[] = [], source = '', sourceStart = 0) {
    this.#fields = fields;
    this.#source = source;
    this.#sourceStart = sourceStart;
  }

  /** The fields themselves, for writing and checking. */
  get fields(): readonly Field[] {
    return this.#fields;
  }

  has(name: string): boolean {
    return this.field(name) !== undefined;
  }

  /** How many fields there are of that name; a list may have several values in one. */
  count(name: string): number {
    const header = headerName(name);
    let count = 0;
    for (const field of this.#fields) if (isSameHeader(field.header, header)) count += 1;
    return count;
  }

  /** The first field of that name, as it stands in the message. */
  field(name: string): Field | undefined {
    return firstOf(this.#fields, headerName(name));
  }

  /** The first value: of a comma-separated list the first in it. */
  get(name: string): string | undefined {
    const field = this.field(name);
    return field?.header.list ? (field.values[0] ?? '') : field?.value;
  }

  /** All values in order, from one field or several, split at commas where the grammar of the header allows. */
  all(name: string): string[] {
    const header = headerName(name);
    const values: string[] = [];
    for (const field of this.#fields) if (isSameHeader(field.header, header)) values.push(...field.values);
    return values;
  }

  /** Replaces every value of the header, where the first one stood, or at the end. An empty list removes it. */
  set(name: string, value: HeaderValue | readonly HeaderValue[]): this {
    const made = makeFields(name, value);
    const at = indexOf(this.#fields, headerName(name));
    if (at < 0) this.#fields.push(...made);
    else {
      const rest = without(this.#fields.slice(at), name);
      this.#fields = [...this.#fields.slice(0, at), ...made, ...rest];
    }
    return this;
  }

  /** Adds values after those that are there. */
  append(name: string, value: HeaderValue | readonly HeaderValue[]): this {
    if (isList(value)) this.#fields.push(...makeFields(name, value));
    else this.#fields.push(makeField(name, value));
    return this;
  }

  /** Adds values before those that are there, in front of all other headers: where Via and Record-Route go. */
  prepend(name: string, value: HeaderValue | readonly HeaderValue[]): this {
    if (isList(value)) this.#fields = [...makeFields(name, value), ...this.#fields];
    else this.#fields.unshift(makeField(name, value));
    return this;
  }

  /** Removes every value of the header, and says whether there was one. */
  remove(name: string): boolean {
    const before = this.#fields.length;
    this.#fields = without(this.#fields, name);
    return this.#fields.length < before;
  }

  /** Removes the first value and gives it back; what shared a field with it stays. */
  removeFirst(name: string): string | undefined {
    const at = indexOf(this.#fields, headerName(name));
    const field = this.#fields[at];
    if (field === undefined) return undefined;
    const [first = '', ...rest] = field.values;
    this.#fields.splice(at, 1, ...(rest.length > 0 ? [Field.of(field.name, rest.join(', '))] : []));
    return first;
  }

  /** Takes over every field of that name from another message as it stands there. */
  copy(name: string | HeaderName, from: Headers): this {
    const header = typeof name === 'string' ? headerName(name) : name;
    for (const field of from.#fields) if (isSameHeader(field.header, header)) this.#fields.push(field);
    return this;
  }

  /** Adds `text` at the end of the first field of that name, which otherwise stays as it stands. */
  extend(name: string, text: string): this {
    const at = indexOf(this.#fields, headerName(name));
    const field = this.#fields[at];
    guardHeader(text, name);
    if (field !== undefined) this.#fields[at] = field.extended(text);
    return this;
  }

  /** The first value as `type` reads it. @throws {SipParseError} where it does not follow its grammar */
  read<T>(type: HeaderType<T>): T | undefined {
    const field = firstOf(this.#fields, type.header);
    if (field === undefined) return undefined;
    const typed = this.readField(field, type);
    return type.list ? (typed as readonly T[])[0] : (typed as T);
  }

  /** All values as `type` reads them. @throws {SipParseError} */
  readAll<T>(type: HeaderType<T>): readonly T[] {
    const { header } = type;
    let first: readonly T[] | undefined;
    let all: T[] | undefined;
    for (const field of this.#fields) {
      if (!isSameHeader(field.header, header)) continue;
      const typed = this.readField(field, type);
      const values = type.list ? (typed as readonly T[]) : [typed as T];
      if (first === undefined) first = values;
      else {
        all ??= [...first];
        for (const value of values) all.push(value);
      }
    }
    return all ?? first ?? [];
  }

  /** What `type` makes of one of these fields: a list, or one value where it is none. @throws {SipParseError} */
  readField<T>(field: Field, type: HeaderType<T>): T | readonly T[] {
    try {
      return field.read(type);
    } catch (error) {
      if (!(error instanceof SipSyntaxError)) throw error;
      const at = field.valueStart + error.position;
      const inLine = at - field.start;
      // A field may have come from another message, where it stood elsewhere.
      const place =
        field.source === this.#source
          ? placeOf(field.source, at, this.#sourceStart)
          : { offset: inLine, line: 1, column: inLine + 1 };
      throw new SipParseError(`${type.name}: ${error.reason}`, place, { cause: error });
    }
  }

  clone(): Headers {
    return new Headers(this.#fields.slice(), this.#source, this.#sourceStart);
  }

  /** Each field in order: its name as written and its whole value on one line. */
  *[Symbol.iterator](): IterableIterator<readonly [name: string, value: string]> {
    for (const field of this.#fields) yield [field.name, field.value];
  }
}

const isList = (value: HeaderValue | readonly HeaderValue[]): value is readonly HeaderValue[] =>
  Array.isArray(value);

/** The first field of that name. */
function firstOf(fields: readonly Field[], header: HeaderName): Field | undefined {
  const at = indexOf(fields, header);
  // To look for what stands at -1 takes the engine longer than the search.
  return at < 0 ? undefined : fields[at];
}

/** Where the first field of that name stands, or -1. */
function indexOf(fields: readonly Field[], header: HeaderName): number {
  for (let at = 0; at < fields.length; at += 1) {
    if (isSameHeader((fields[at] as Field).header, header)) return at;
  }
  return -1;
}

function without(fields: readonly Field[], name: string): Field[] {
  const header = headerName(name);
  return fields.filter(field => !isSameHeader(field.header, header));
}

function makeFields(name: string, value: HeaderValue | readonly HeaderValue[]): Field[] {
  return isList(value) ? value.map(one => makeField(name, one)) : [makeField(name, value)];
}

function makeField(name: string, value: HeaderValue): Field {
  // A name that is known is a token.
  const known = knownHeader(name);
  if (known === undefined) guardToken(name, 'A header name');
  const text = textOf(value);
  guardHeader(text, name);
  return Field.of(name, text, known, typeof value === 'object' ? value : undefined);
}

/** What `String(value)` gives, without asking a typed value for more than its `toString`. */
const textOf = (value: HeaderValue): string => (typeof value === 'string' ? value : value.toString());
