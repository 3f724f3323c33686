import { uriSyntax } from '../grammar/param-syntax.ts';
import { Params } from '../grammar/params.ts';
import { Scanner } from '../grammar/scanner.ts';
import type { Uri } from './uri.ts';

/** A `tel:` URI (RFC 3966). Immutable. */
export class TelUri {
  readonly kind = 'tel';
  readonly scheme = 'tel';
  /** As it stood, with its visual separators. */
  readonly subscriber: string;
  readonly params: Params;

  constructor(subscriber: string, params: Params = Params.noneOfUri) {
    const scanner = new Scanner(subscriber);
    readSubscriber(scanner);
    if (!scanner.atEnd) scanner.fail('This character may not stand in a telephone number');
    this.subscriber = subscriber;
    this.params = Params.forUri(params);
  }

  /** Whether the number is global (E.164, begins with "+"). */
  get global(): boolean {
    return this.subscriber.startsWith('+');
  }

  /** The number without its visual separators. */
  get number(): string {
    return this.subscriber.replace(/[-.()]/g, '');
  }

  toString(): string {
    return `tel:${this.subscriber}${this.params}`;
  }

  /** Same number, visual separators aside, and the same parameters in any order (RFC 3966 §4). */
  equals(other: Uri): boolean {
    if (other.kind !== 'tel' || other.number.toLowerCase() !== this.number.toLowerCase()) return false;
    if (other.params.size !== this.params.size) return false;
    for (const [name, value] of this.params) {
      if (!other.params.has(name) || other.params.get(name)?.toLowerCase() !== value?.toLowerCase())
        return false;
    }
    return true;
  }
}

const globalNumber = /\+[-.()]*\d[-.()\d]*/y;
const localNumber = /[-.()]*[\dA-F*#][-.()\dA-F*#]*/iy;

function readSubscriber(scanner: Scanner): string {
  const pattern = scanner.at('+') ? globalNumber : localNumber;
  pattern.lastIndex = scanner.position;
  const [subscriber] = pattern.exec(scanner.text) ?? scanner.fail('Expected a telephone number');
  scanner.position += subscriber.length;
  return subscriber;
}

/** Reads what follows `tel:`. */
export function readTelUri(_scheme: string, scanner: Scanner): TelUri {
  // RFC 3966 §5.1.5 asks for phone-context beside every local number, but `tel:911` without it is everywhere.
  const subscriber = readSubscriber(scanner);
  return new TelUri(subscriber, Params.read(scanner, uriSyntax));
}
