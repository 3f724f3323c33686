/** Bencoding, as the ng protocol uses it: keys in any order, strings of bytes that are UTF-8 text here. */
export type Bencoded =
  | string
  | number
  | readonly Bencoded[]
  | { readonly [key: string]: Bencoded | undefined };

/** What was read: dictionaries have their own keys only. */
export type Decoded = string | number | Decoded[] | { [key: string]: Decoded };

/** The bytes are no bencoding. */
export class BencodeError extends Error {
  override readonly name = 'BencodeError';
}

/** Deeper than anything that rtpengine says. */
const MOST_LEVELS = 32;
const LETTER = { integer: 0x69, list: 0x6c, dictionary: 0x64, end: 0x65, colon: 0x3a } as const;

/** Keys whose value is undefined are left out. */
export function encode(value: Bencoded): Buffer {
  return Buffer.concat(pieces(value));
}

/** @throws BencodeError */
export function decode(bytes: Buffer): Decoded {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (!reader.atEnd) throw new BencodeError('There is something after the value.');
  return value;
}

function pieces(value: Bencoded): Buffer[] {
  if (typeof value === 'number') return [Buffer.from(`i${value}e`)];
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return [Buffer.from(`${bytes.length}:`), bytes];
  }
  if (isList(value)) return [Buffer.from('l'), ...value.flatMap(pieces), Buffer.from('e')];
  const entries = Object.entries(value).filter(
    (entry): entry is [string, Bencoded] => entry[1] !== undefined,
  );
  return [
    Buffer.from('d'),
    ...entries.flatMap(([key, held]) => [...pieces(key), ...pieces(held)]),
    Buffer.from('e'),
  ];
}

const isList = (value: object): value is readonly Bencoded[] => Array.isArray(value);

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  value(level: number): Decoded {
    if (level > MOST_LEVELS) throw new BencodeError('It is too deep.');
    const letter = this.#bytes[this.#at];
    if (letter === LETTER.integer) {
      this.#at++;
      return this.#number(LETTER.end);
    }
    if (letter === LETTER.list) return this.#list(level + 1);
    if (letter === LETTER.dictionary) return this.#dictionary(level + 1);
    return this.#text();
  }

  #list(level: number): Decoded[] {
    const values: Decoded[] = [];
    for (this.#at++; !this.#ends(); ) values.push(this.value(level));
    return values;
  }

  #dictionary(level: number): { [key: string]: Decoded } {
    const entries: [string, Decoded][] = [];
    for (this.#at++; !this.#ends(); ) entries.push([this.#text(), this.value(level)]);
    return Object.fromEntries(entries);
  }

  #ends(): boolean {
    if (this.atEnd) throw new BencodeError('It ends too early.');
    if (this.#bytes[this.#at] !== LETTER.end) return false;
    this.#at++;
    return true;
  }

  #text(): string {
    const start = this.#number(LETTER.colon);
    const end = this.#at + start;
    if (start < 0 || end > this.#bytes.length) throw new BencodeError('It ends too early.');
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end;
    return text;
  }

  #number(until: number): number {
    const end = this.#bytes.indexOf(until, this.#at);
    const text = end < 0 ? '' : this.#bytes.toString('latin1', this.#at, end);
    if (!/^-?\d{1,15}$/.test(text)) throw new BencodeError('There is no number where one should be.');
    this.#at = end + 1;
    return Number(text);
  }
}
