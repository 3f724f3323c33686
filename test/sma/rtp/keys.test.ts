/** Keys as telephone events: what is sent, and what is heard of it on a bad line (RFC 4733 §2.5). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyReceiver } from '../../../rtp/key-receiver.ts';
import { plus32, type RtpPacket } from '../../../rtp/packet.ts';
import { parseTelephoneEvent } from '../../../rtp/telephone-event.ts';
import { KeySender } from '../../../sma/rtp/key-sender.ts';

const START = 0xffff_fe00;

/** Every packet time until nothing is pressed any more. */
function sent(digits: string, toneMs: number): (RtpPacket | 'silence')[] {
  const keys = new KeySender();
  keys.press(digits, toneMs);
  const frames: (RtpPacket | 'silence')[] = [];
  for (let at = 0; ; at++) {
    const frame = keys.next(plus32(START, at * 160));
    if (frame === undefined) return frames;
    frames.push(frame === 'silence' ? frame : { ...frame, payloadType: 101, sequence: at, ssrc: 1 });
  }
}

const packetsOf = (digits: string, toneMs: number): RtpPacket[] =>
  sent(digits, toneMs).filter(frame => frame !== 'silence');

function heard(packets: readonly RtpPacket[]): string {
  const keys = new KeyReceiver();
  return packets.map(packet => keys.receive(packet) ?? '').join('');
}

describe('a key that is pressed', () => {
  test('lasts as long as its tone, rounded to packets, and ends three times', () => {
    const events = packetsOf('7', 90).map(({ payload }) => parseTelephoneEvent(payload));
    expect(events.map(event => [event?.digit, event?.end, event?.duration])).toEqual([
      ['7', false, 160],
      ['7', false, 320],
      ['7', false, 480],
      ['7', false, 640],
      ['7', true, 800],
      ['7', true, 800],
      ['7', true, 800],
    ]);
  });

  test('keeps the timestamp at which it went down, and only its first packet is marked', () => {
    const packets = packetsOf('7', 60);
    expect(new Set(packets.map(({ timestamp }) => timestamp))).toEqual(new Set([START]));
    expect(packets.map(({ marker }) => marker)).toEqual([true, false, false, false, false]);
  });

  test('for longer than 16 bits can say goes on as another segment of the same event', () => {
    const packets = packetsOf('1', 24_000);
    const segments = [...new Set(packets.map(({ timestamp }) => timestamp))];
    expect(segments).toEqual([START, plus32(START, 65_440), plus32(START, 130_880)]);
    expect(packets.filter(({ payload }) => parseTelephoneEvent(payload)?.end)).toHaveLength(3);
    expect(packets.filter(({ marker }) => marker)).toHaveLength(1);
    expect(packets).toHaveLength(24_000 / 20 + 2);
    expect(heard(packets)).toBe('1');
  });

  test('waits half a second for a comma, and passes over what is no key', () => {
    const frames = sent(',x2', 20);
    expect(frames.filter(frame => frame === 'silence')).toHaveLength(25);
    expect(frames).toHaveLength(25 + 3);
  });
});

describe('a key that is heard', () => {
  test('is heard once, whatever is lost, repeated or late of its packets, as long as one comes', () => {
    const digits = fc.stringMatching(/^[0-9*#A-D]{1,5}$/);
    fc.assert(
      fc.property(digits, fc.infiniteStream(fc.integer({ min: 0, max: 2 })), (pressed, copies) => {
        const packets = packetsOf(pressed, 100);
        const first = new Set(packets.map(({ timestamp }) => timestamp));
        const arriving = packets.flatMap(packet => Array(copies.next().value).fill(packet) as RtpPacket[]);
        // At least one packet of each.
        for (const timestamp of first) {
          if (!arriving.some(packet => packet.timestamp === timestamp)) {
            arriving.push(...packets.filter(packet => packet.timestamp === timestamp).slice(-1));
          }
        }
        arriving.sort((one, other) => one.sequence - other.sequence);
        expect(heard(arriving)).toBe(pressed);
      }),
    );
  });

  test('is heard once though an earlier one’s last packet comes after it', () => {
    const packets = packetsOf('12', 40);
    const late = packets.splice(3, 1);
    expect(heard([...packets, ...late])).toBe('12');
  });

  test('is heard twice when it is pressed twice in a row', () => {
    expect(heard(packetsOf('55', 40))).toBe('55');
  });

  test('is heard though only its end comes', () => {
    expect(heard(packetsOf('5', 40).slice(-1))).toBe('5');
  });

  test('is heard from a new source whatever its timestamps are', () => {
    const keys = new KeyReceiver();
    const [packet] = packetsOf('5', 40) as [RtpPacket];
    keys.receive(packet);
    keys.reset();
    expect(keys.receive({ ...packet, timestamp: 5 })).toBe('5');
  });

  test('is no key when its packet is none', () => {
    expect(heard([{ ...(packetsOf('5', 40)[0] as RtpPacket), payload: new Uint8Array(3) }])).toBe('');
  });
});
