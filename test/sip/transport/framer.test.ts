import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FramingError } from '../../../sip/transport/errors.ts';
import { StreamFramer } from '../../../sip/transport/framer.ts';

const LIMITS = { headBytes: 2_000, bodyBytes: 2_000 };

function framed(chunks: Iterable<Buffer>, pings = 0) {
  const found: string[] = [];
  const framer = new StreamFramer(LIMITS, {
    message: bytes => found.push(bytes.toString('latin1')),
    ping: () => found.push('ping'),
    pong: () => found.push('pong'),
  });
  for (let ping = 0; ping < pings; ping++) framer.expectPong();
  let fault: string | undefined;
  try {
    for (const chunk of chunks) framer.push(chunk);
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
    fault = error.code;
  }
  return { found, fault, unfinished: framer.unfinished };
}

const bytes = (text: string) => Buffer.from(text, 'latin1');

const message = (body: string, length = `Content-Length: ${body.length}`) =>
  `INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\n${length}\r\n\r\n${body}`;

/** Cuts bytes at any places. */
function split(whole: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map(cut => cut % (whole.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) =>
    Buffer.from(whole.subarray(from, places[index] ?? whole.length)),
  );
}

const bodies = fc
  .string({ unit: 'binary', maxLength: 300 })
  .map(text => Buffer.from(text).toString('latin1'));

describe('framing (RFC 3261 §18.3)', () => {
  it('any split of a stream gives the same messages and keep-alives', () => {
    const parts = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: bodies.map(body => message(body)) },
        bodies.map(body => message(body, `l : ${body.length}`)),
        bodies.map(body => message(body, `CONTENT-LENGTH:\r\n\t${body.length} \r\nX: y`)),
        fc.constantFrom('\r\n', '\r\n\r\n', '\r\n\r\n\r\n'),
      ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(parts, fc.array(fc.nat(5_000), { maxLength: 40 }), fc.nat(3), (stream, cuts, pings) => {
        const whole = bytes(stream.join(''));
        const expected = framed([Buffer.from(whole)], pings);
        expect(expected.fault).toBeUndefined();
        expect(expected.found.filter(found => found.startsWith('INVITE'))).toEqual(
          stream.filter(part => part.startsWith('INVITE')),
        );
        expect(framed(split(whole, cuts), pings)).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  it('a byte at a time is the same, too', () => {
    const whole = bytes(`\r\n\r\n${message('v=0\r\n')}${message('')}`);
    expect(framed([...whole].map(byte => Buffer.of(byte))).found).toEqual([
      'ping',
      message('v=0\r\n'),
      message(''),
    ]);
  });

  it('a large message that comes a byte at a time costs no quadratic time', () => {
    const framer = new StreamFramer(
      { headBytes: 65_535, bodyBytes: 262_144 },
      { message() {}, ping() {}, pong() {} },
    );
    const whole = bytes(message('x'.repeat(200_000)));
    const started = performance.now();
    for (let at = 0; at < whole.length; at++) framer.push(whole.subarray(at, at + 1));
    expect(framer.unfinished).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it.each([
    ['no-content-length', message('', 'X: y')],
    ['bad-content-length', message('', 'Content-Length: -1')],
    ['bad-content-length', message('', 'Content-Length: 1e1')],
    ['bad-content-length', message('', 'Content-Length: ')],
    ['bad-content-length', message('', 'Content-Length: 3\r\nl: 4')],
    ['body-too-large', message('', 'Content-Length: 2001')],
    ['head-too-large', message('', `X: ${'y'.repeat(2_000)}\r\nContent-Length: 0`)],
    ['head-too-large', `INVITE ${'y'.repeat(2_100)}`],
  ])('%s ends the stream', (code, stream) => {
    expect(framed([bytes(stream)]).fault).toBe(code);
    expect(framed([...bytes(stream)].map(byte => Buffer.of(byte))).fault).toBe(code);
  });

  it('a header that only ends in Content-Length, or a folded line that looks like it, is none', () => {
    const odd = message('', 'X-Content-Length: 9\r\nSubject: a\r\n Content-Length: 7\r\nContent-Length: 0');
    expect(framed([bytes(odd)]).found).toEqual([odd]);
  });

  it('spaces by the thousand in a header cost no more than reading them', () => {
    const stream = bytes(`A\r\nl: ${' '.repeat(1_900)}x\r\n\r\n`);
    const started = performance.now();
    for (let run = 0; run < 200; run++) framed([stream]);
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('the answer to our own ping is a pong, and no half of the peer’s ping', () => {
    expect(framed([bytes('\r\n\r\n\r\n')], 1).found).toEqual(['pong', 'ping']);
    expect(framed([bytes('\r\n\r\n')], 2).found).toEqual(['pong', 'pong']);
  });

  it('what comes after the answer was given up is the peer’s own', () => {
    const found: string[] = [];
    const sink = { message() {}, ping: () => found.push('ping'), pong: () => found.push('pong') };
    const framer = new StreamFramer(LIMITS, sink);
    framer.expectPong();
    framer.giveUpPongs();
    framer.push(bytes('\r\n\r\n'));
    expect(found).toEqual(['ping']);
  });
});
