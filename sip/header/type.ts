import { Scanner } from '../grammar/scanner.ts';

/**
 * How the values of one header field read. `read` takes one value from the scanner and leaves it at the comma or
 * the end; what it gives writes itself with `toString`.
 */
export interface HeaderType<T> {
  readonly name: string;
  /** Whether several values may stand in one field, separated by commas (RFC 3261 §7.3.1). */
  readonly list: boolean;
  /** Whether there may be no value at all, as in `Supported:` (RFC 3261 §25.1). */
  readonly emptiable?: boolean;
  read(scanner: Scanner): T;
  /** The class of the values, where one that was written is read back as it was: it need not be read at all. */
  readonly of?: abstract new (
    ...parts: never[]
  ) => T;
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
