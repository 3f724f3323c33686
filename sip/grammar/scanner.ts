import { HEX, isIn, TOKEN } from './characters.ts';
import { SipSyntaxError } from './errors.ts';

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const PERCENT = 37;
const BACKSLASH = 92;

/**
 * A reading position in one header value or URI. Every method either moves past what it names or throws a
 * `SipSyntaxError` that points at the character in the way.
 */
export class Scanner {
  readonly text: string;
  position: number;
  /** Where what may be read ends: `text` may go on with what belongs to others. */
  limit: number;
  /** From where the positions in errors count. */
  readonly origin: number;

  constructor(text: string, position = 0, limit: number = text.length, origin = 0) {
    this.text = text;
    this.position = position;
    this.limit = limit;
    this.origin = origin;
  }

  /** The code of the next character, or -1 at the end. */
  get next(): number {
    return this.position < this.limit ? this.text.charCodeAt(this.position) : -1;
  }

  get atEnd(): boolean {
    return this.position >= this.limit;
  }

  fail(reason: string, position: number = this.position): never {
    throw new SipSyntaxError(reason, position - this.origin);
  }

  /** Whether `character` comes next. */
  at(character: string): boolean {
    return this.next === character.charCodeAt(0);
  }

  /** Passes `character` alone, and says whether it was there. */
  take(character: string): boolean {
    if (!this.at(character)) return false;
    this.position += 1;
    return true;
  }

  /** Where `character` stands next, or -1. */
  find(character: string): number {
    const { text, limit } = this;
    const code = character.charCodeAt(0);
    for (let index = this.position; index < limit; index += 1)
      if (text.charCodeAt(index) === code) return index;
    return -1;
  }

  /** What was passed since `start`. */
  since(start: number): string {
    return this.text.slice(start, this.position);
  }

  /** Passes linear white space (LWS); line breaks were checked to be folds when the message was read. */
  skipSpace(): void {
    this.position = spaceEnd(this.text, this.position, this.limit);
  }

  /** Passes white space that must be there. */
  space(where: string): void {
    const start = this.position;
    this.skipSpace();
    if (this.position === start) this.fail(`Expected a space ${where}`);
  }

  /** Passes a comment in parentheses, which may contain others, where one stands (RFC 3261 §25.1). */
  comment(): void {
    const start = this.position;
    this.skipSpace();
    if (!this.at('(')) {
      this.position = start;
      return;
    }
    let depth = 0;
    for (; !this.atEnd; this.position += 1) {
      if (this.at('\\')) this.position += 1;
      else if (this.at('(')) depth += 1;
      else if (this.at(')')) {
        depth -= 1;
        if (depth === 0) break;
      }
    }
    if (this.atEnd) this.fail('A comment is not closed', start);
    this.position += 1;
  }

  /** Passes `character` with the white space around it, and says whether it was there. */
  accept(character: string): boolean {
    const { text, limit } = this;
    const at = spaceEnd(text, this.position, limit);
    if (at >= limit || text.charCodeAt(at) !== character.charCodeAt(0)) return false;
    this.position = spaceEnd(text, at + 1, limit);
    return true;
  }

  /** Like `accept`, for what must be there. */
  expect(character: string, what: string): void {
    if (!this.accept(character)) this.fail(`Expected "${character}" ${what}`);
  }

  /** The longest run of characters of the class `bit`, maybe empty. */
  run(bit: number): string {
    const start = this.position;
    this.skip(bit);
    return this.since(start);
  }

  /** Passes the longest run of characters of the class `bit`. */
  skip(bit: number): void {
    const { text, limit } = this;
    let { position } = this;
    while (position < limit && isIn(bit, text.charCodeAt(position))) position += 1;
    this.position = position;
  }

  /** The longest run of characters of the class `bit` and of percent escapes, maybe empty. */
  escapedRun(bit: number): string {
    const { text, limit, position: start } = this;
    let position = start;
    for (; position < limit; position += 1) {
      const code = text.charCodeAt(position);
      if (isIn(bit, code)) continue;
      if (code !== PERCENT) break;
      if (!isEscape(text, position, limit))
        this.fail('A percent sign must be followed by two hexadecimal digits', position);
      position += 2;
    }
    this.position = position;
    return this.since(start);
  }

  /** One or more characters of the class `bit`. */
  some(bit: number, what: string): string {
    const start = this.position;
    this.pass(bit, what);
    return this.since(start);
  }

  /** Passes one or more characters of the class `bit`. */
  pass(bit: number, what: string): void {
    const start = this.position;
    this.skip(bit);
    if (this.position === start) this.fail(`Expected ${what}`);
  }

  token(what: string): string {
    return this.some(TOKEN, what);
  }

  /** A quoted-string as it stands, quotes included (§25.1). */
  quoted(what: string): string {
    const { text, limit, position: start } = this;
    if (this.next !== QUOTE) this.fail(`Expected ${what} in double quotes`);
    for (let index = start + 1; index < limit; index += 1) {
      const code = text.charCodeAt(index);
      if (code === BACKSLASH) index += 1;
      else if (code === QUOTE) {
        this.position = index + 1;
        return text.slice(start, this.position);
      }
    }
    return this.fail('A quoted string is not closed', start);
  }

  /** A whole number of digits; one above `limit` fails. */
  integer(what: string, limit: number): number {
    const start = this.position;
    const value = this.digits(what);
    if (value > limit) this.fail(`${what} is larger than ${limit}`, start);
    return value;
  }

  /** A whole number of digits, however large: only its size matters then, not its last digits. */
  digits(what: string): number {
    const { text, limit, position: start } = this;
    let position = start;
    let value = 0;
    for (; position < limit; position += 1) {
      const digit = text.charCodeAt(position) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (position === start) this.fail(`Expected ${what} as a number`);
    this.position = position;
    return value;
  }

  /** Fails unless only white space is left. */
  end(what: string): void {
    this.skipSpace();
    if (!this.atEnd) this.fail(`Unexpected character after ${what}`);
  }
}

/** Where white space that begins at `from` ends. */
function spaceEnd(text: string, from: number, limit: number): number {
  let position = from;
  for (; position < limit; position += 1) {
    const code = text.charCodeAt(position);
    if (code > SPACE || (code !== SPACE && code !== TAB && code !== CR && code !== LF)) break;
  }
  return position;
}

const isEscape = (text: string, at: number, limit: number): boolean =>
  at + 2 < limit && isIn(HEX, text.charCodeAt(at + 1)) && isIn(HEX, text.charCodeAt(at + 2));
