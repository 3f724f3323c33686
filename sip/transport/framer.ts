import { END_OF_HEAD_BYTES, endOfHead } from '../message/end-of-head.ts';
import { FramingError } from './errors.ts';
import type { TransportLimits } from './limits.ts';

/** What a stream turned out to hold. */
export interface FramerSink {
  /** One whole message; the bytes are the sink's own. */
  message(bytes: Buffer): void;
  /** The peer's double CRLF, to be answered by a single one (RFC 5626 §3.5.1). */
  ping(): void;
  /** The peer's answer to our own double CRLF. */
  pong(): void;
}

const CR = 13;
const LF = 10;
const CONTENT_LENGTH = /\r\n(?:content-length|l)[ \t]*:/gi;

/**
 * Cuts a byte stream into SIP messages by Content-Length (RFC 3261 §18.3), wherever the network split it.
 * CRLFs between messages are keep-alives (RFC 5626 §3.5.1; also the leading CRLFs of RFC 3261 §7.5).
 */
export class StreamFramer {
  readonly #limits: Pick<TransportLimits, 'headBytes' | 'bodyBytes'>;
  readonly #sink: FramerSink;
  // Bytes of an unfinished message, in a buffer that doubles: a byte at a time costs no quadratic copying.
  #pending: Buffer = Buffer.alloc(0);
  #length = 0;
  #searched = 0;
  #wanted: number | undefined;
  #lineEnds = 0;
  #awaitedPongs = 0;

  constructor(limits: Pick<TransportLimits, 'headBytes' | 'bodyBytes'>, sink: FramerSink) {
    this.#limits = limits;
    this.#sink = sink;
  }

  /** Whether a message has begun and not ended. */
  get unfinished(): boolean {
    return this.#length > 0;
  }

  /** Says that a ping was sent, so that the next single CRLF is its answer and no half of the peer's ping. */
  expectPong(): void {
    this.#awaitedPongs++;
  }

  /** Says that no answer is awaited any more: what comes from now on is the peer's own. */
  giveUpPongs(): void {
    this.#awaitedPongs = 0;
  }

  /** Takes what arrived. @throws FramingError when the stream has no next message; it must be closed. */
  push(chunk: Buffer): void {
    if (this.#length === 0) {
      const rest = this.#take(chunk, false);
      if (rest.length > 0) this.#keep(rest);
      return;
    }
    this.#keep(chunk);
    const held = this.#pending.subarray(0, this.#length);
    const rest = this.#take(held, true);
    if (rest.length === held.length) return;
    this.#length = 0;
    if (rest.length > 0) this.#keep(Buffer.from(rest));
    else this.#pending = Buffer.alloc(0);
  }

  /** Hands over every whole message of `bytes` and returns what is left. */
  #take(bytes: Buffer, borrowed: boolean): Buffer {
    let rest = bytes;
    for (;;) {
      if (this.#wanted === undefined) {
        rest = this.#keepAlives(rest);
        if (rest.length === 0) return rest;
        const end = endOfHead(rest, Math.max(0, this.#searched - 3));
        this.#searched = rest.length;
        if (end < 0 && rest.length > this.#limits.headBytes) throw new FramingError('head-too-large');
        if (end < 0) return rest;
        const head = rest.subarray(0, end + END_OF_HEAD_BYTES);
        if (head.length > this.#limits.headBytes) throw new FramingError('head-too-large', head);
        this.#wanted = head.length + bodyLength(head, this.#limits.bodyBytes);
      }
      if (rest.length < this.#wanted) return rest;
      const message = rest.subarray(0, this.#wanted);
      rest = rest.subarray(this.#wanted);
      this.#wanted = undefined;
      this.#searched = 0;
      this.#lineEnds = 0;
      this.#sink.message(borrowed ? Buffer.from(message) : message);
    }
  }

  #keepAlives(bytes: Buffer): Buffer {
    let at = 0;
    while (bytes[at] === CR && bytes[at + 1] === LF) {
      at += 2;
      if (this.#awaitedPongs > 0) {
        this.#awaitedPongs--;
        this.#sink.pong();
      } else if (++this.#lineEnds === 2) {
        this.#lineEnds = 0;
        this.#sink.ping();
      }
    }
    if (at > 0) this.#searched = 0;
    return at === 0 ? bytes : bytes.subarray(at);
  }

  #keep(bytes: Buffer): void {
    const length = this.#length + bytes.length;
    if (length > this.#pending.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, this.#pending.length * 2, 512));
      this.#pending.copy(larger, 0, 0, this.#length);
      this.#pending = larger;
    }
    bytes.copy(this.#pending, this.#length);
    this.#length = length;
  }
}

function bodyLength(head: Buffer, most: number): number {
  const text = head.toString('latin1');
  let length: number | undefined;
  for (const name of text.matchAll(CONTENT_LENGTH)) {
    const value = foldedValue(text, name.index + name[0].length);
    if (!/^\d{1,10}$/.test(value) || (length !== undefined && length !== Number(value)))
      throw new FramingError('bad-content-length', head);
    length = Number(value);
  }
  if (length === undefined) throw new FramingError('no-content-length', head);
  if (length > most) throw new FramingError('body-too-large', head);
  return length;
}

function foldedValue(text: string, from: number): string {
  let end = text.indexOf('\r\n', from);
  while (text[end + 2] === ' ' || text[end + 2] === '\t') end = text.indexOf('\r\n', end + 2);
  return text.slice(from, end).trim();
}
