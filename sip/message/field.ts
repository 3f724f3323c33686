import { trimSpace, trimSpaceEnd, unfold } from '../grammar/space.ts';
import { type HeaderName, knownHeader } from '../header/names.ts';
import { splitValues } from './split.ts';

/**
 * One header field as it stands in a message: immutable, so what has been read from it can be kept with it. The
 * line is what is written again, byte for byte.
 */
export class Field {
  readonly known: HeaderName | undefined;
  readonly key: string;
  /** The whole line with its folds, without the line break that ends it. */
  readonly line: string;
  /** Where the value begins in `line`. */
  readonly valueStart: number;
  /** Where the line stood in the head that was parsed, or -1. */
  readonly position: number;
  /** What a typed reader made of it, and which one. */
  typed: readonly unknown[] | undefined;
  typedBy: unknown;
  #value: string | undefined;

  constructor(
    known: HeaderName | undefined,
    key: string,
    line: string,
    valueStart: number,
    position: number,
  ) {
    this.known = known;
    this.key = key;
    this.line = line;
    this.valueStart = valueStart;
    this.position = position;
    this.typed = undefined;
    this.typedBy = undefined;
  }

  /** A field of our own making; both texts have been checked. */
  static of(name: string, value: string, known: HeaderName | undefined = knownHeader(name)): Field {
    return new Field(known, known?.key ?? name.toLowerCase(), `${name}: ${value}`, name.length + 2, -1);
  }

  /** A copy with `text` at its end. */
  extended(text: string): Field {
    return new Field(this.known, this.key, this.line.trimEnd() + text, this.valueStart, -1);
  }

  /** The name as it is written in the message. */
  get name(): string {
    return trimSpaceEnd(this.line.slice(0, this.line.indexOf(':')));
  }

  /** The value on one line: folds are a single space, white space around it is gone. */
  get value(): string {
    this.#value ??= trimSpace(unfold(this.line.slice(this.valueStart)));
    return this.#value;
  }

  /** The value with every character in its place; line breaks in folds are spaces. */
  get alignedValue(): string {
    const raw = this.line.slice(this.valueStart);
    return raw.includes('\r') ? raw.replace(/[\r\n]/g, ' ') : raw;
  }

  /** The values in it, where its grammar lets a comma separate them. */
  get values(): string[] {
    return this.known?.list ? splitValues(this.value) : [this.value];
  }
}
