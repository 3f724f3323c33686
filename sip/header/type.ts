import { Scanner } from '../grammar/scanner.ts';
import { type HeaderName, headerName } from './names.ts';

/** What else there is to say of a header's values. */
export interface HeaderValues<T> {
  /** Whether there may be no value at all, as in `Supported:` (RFC 3261 §25.1). */
  readonly emptiable?: boolean;
  /** The class of the values, where one that was written is read back as it was: it need not be read at all. */
  readonly of?: abstract new (
    ...parts: never[]
  ) => T;
}

/**
 * How the values of one header field read. `read` takes one value from the scanner and leaves it at the comma or
 * the end; what it gives writes itself with `toString`.
 */
export class HeaderType<T> {
  readonly header: HeaderName;
  readonly read: (scanner: Scanner) => T;
  readonly emptiable: boolean;
  readonly of: HeaderValues<T>['of'];

  constructor(name: string, read: (scanner: Scanner) => T, { emptiable = false, of }: HeaderValues<T> = {}) {
    this.header = headerName(name);
    this.read = read;
    this.emptiable = emptiable;
    this.of = of;
  }

  get name(): string {
    return this.header.name;
  }

  /** Whether several values may stand in one field, separated by commas (RFC 3261 §7.3.1). */
  get list(): boolean {
    return this.header.list;
  }
}

/**
 * Parses one header field value: every value in it for a list header, exactly one for any other.
 * @throws {SipSyntaxError}
 */
export function parseHeader<T>(type: HeaderType<T>, text: string): readonly T[] {
  const scanner = new Scanner(text);
  return type.list ? readList(type, scanner) : [readOne(type, scanner)];
}

/** Reads the only value of a header that is no list. @throws {SipSyntaxError} */
export function readOne<T>(type: HeaderType<T>, scanner: Scanner): T {
  scanner.skipSpace();
  const value = type.read(scanner);
  scanner.end(`the value of ${type.name}`);
  return value;
}

/** Reads the values of a list. @throws {SipSyntaxError} */
export function readList<T>(type: HeaderType<T>, scanner: Scanner): readonly T[] {
  scanner.skipSpace();
  if (type.emptiable && scanner.atEnd) return [];
  // A list that begins with its first value has room for no more: most have only that, and they are kept for long.
  const values = [type.read(scanner)];
  while (scanner.accept(',')) values.push(type.read(scanner));
  scanner.end(`the value of ${type.name}`);
  return values;
}
