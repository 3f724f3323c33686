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
}

/**
 * Parses one header field value: every value in it for a list header, exactly one for any other.
 * @throws {SipSyntaxError}
 */
export function parseHeader<T>(type: HeaderType<T>, text: string): T[] {
  const scanner = new Scanner(text);
  scanner.skipSpace();
  if (type.emptiable && scanner.atEnd) return [];
  // A list that begins with its first value has room for no more: most have only that, and they are kept for long.
  const values = [type.read(scanner)];
  while (type.list && scanner.accept(',')) values.push(type.read(scanner));
  scanner.end(`the value of ${type.name}`);
  return values;
}
