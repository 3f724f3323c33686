import { Scanner } from '../grammar/scanner.ts';
import { sliceTrimmed, trimSpaceEnd, unfold } from '../grammar/space.ts';
import { type HeaderName, headerName } from '../header/names.ts';
import { type HeaderType, readList, readOne } from '../header/type.ts';
import { splitValues } from './split.ts';

const LINE_BREAK = '\r\n';

/**
 * One header field as it stands in a message: immutable, so what has been read from it can be kept with it. The
 * line is what is written again, byte for byte.
 */
export class Field {
  readonly header: HeaderName;
  /** The text it stands in: the head that was parsed, or its line alone. A line break follows it there. */
  readonly source: string;
  readonly start: number;
  /** Where its line ends, folds included. */
  readonly end: number;
  readonly valueStart: number;
  /** What was made of the value, or what it was made of. */
  #typed: unknown;
  #typedBy: HeaderType<unknown> | undefined;

  constructor(
    header: HeaderName,
    source: string,
    start: number,
    end: number,
    valueStart: number,
    madeOf?: unknown,
  ) {
    this.header = header;
    this.source = source;
    this.start = start;
    this.end = end;
    this.valueStart = valueStart;
    this.#typed = madeOf;
    this.#typedBy = undefined;
  }

  /** A field of our own making; both texts have been checked. `madeOf` is what wrote the value. */
  static of(
    name: string,
    value: string,
    header: HeaderName = headerName(name),
    madeOf: unknown = undefined,
  ): Field {
    const prefix = name === header.name ? header.prefix : `${name}: `;
    const source = prefix + value + LINE_BREAK;
    return new Field(header, source, 0, source.length - LINE_BREAK.length, prefix.length, madeOf);
  }

  /** A copy with `text` at its end. */
  extended(text: string): Field {
    const line = this.source.slice(this.start, this.end).trimEnd() + text;
    return new Field(this.header, line + LINE_BREAK, 0, line.length, this.valueStart - this.start);
  }

  /** The name in the one spelling that all share. */
  get key(): string {
    return this.header.key;
  }

  /** The whole line with its folds and the line break that ends it. */
  get line(): string {
    return this.source.slice(this.start, this.end + LINE_BREAK.length);
  }

  /** The name as it is written in the message. */
  get name(): string {
    return trimSpaceEnd(this.source.slice(this.start, this.source.indexOf(':', this.start)));
  }

  /** The value on one line: folds are a single space, white space around it is gone. */
  get value(): string {
    const { source, valueStart, end } = this;
    if (!isFolded(this)) return sliceTrimmed(source, valueStart, end);
    const unfolded = unfold(source.slice(valueStart, end));
    return sliceTrimmed(unfolded, 0, unfolded.length);
  }

  /** The values in it, where its grammar lets a comma separate them. */
  get values(): string[] {
    return this.header.list ? splitValues(this.value) : [this.value];
  }

  /**
   * What `type` makes of it: its list, or its one value where it is none.
   * @throws {SipSyntaxError} whose position counts from where the value begins
   */
  read<T>(type: HeaderType<T>): T | readonly T[] {
    if (this.#typedBy !== type) {
      const madeOf = this.#typedBy === undefined ? this.#typed : undefined;
      if (madeOf !== undefined && type.of !== undefined && madeOf instanceof type.of)
        this.#typed = type.list ? [madeOf] : madeOf;
      else this.#typed = type.list ? readList(type, scannerOf(this)) : readOne(type, scannerOf(this));
      this.#typedBy = type;
    }
    return this.#typed as T | readonly T[];
  }
}

/** A line break follows the field, so the next one is that unless there is a fold. */
const isFolded = ({ source, valueStart, end }: Field): boolean => source.indexOf('\r', valueStart) !== end;

/** Reads the value where it stands; of a folded one a copy, in which the line breaks are spaces. */
function scannerOf(field: Field): Scanner {
  const { source, valueStart, end } = field;
  if (!isFolded(field)) return new Scanner(source, valueStart, end, valueStart);
  return new Scanner(source.slice(valueStart, end).replace(/[\r\n]/g, ' '));
}
