/** What is measured of a stream that comes in, by hand-made streams whose faults are known (RFC 3550 §6.4.1, App. A). */
import { describe, expect, test } from 'vitest';
import { opinionScore, ratingFactor } from '../../../rtp/e-model.ts';
import type { RtpPacket } from '../../../rtp/packet.ts';
import { Reception } from '../../../rtp/reception.ts';

interface Arrival {
  sequence: number;
  atMs: number;
  timestamp?: number;
  ssrc?: number;
  marker?: boolean;
  isAudio?: boolean;
}

function receptionOf(arrivals: readonly Arrival[]) {
  const reception = new Reception();
  for (const {
    sequence,
    atMs,
    timestamp = sequence * 160,
    ssrc = 1,
    marker = false,
    isAudio = true,
  } of arrivals) {
    const packet: RtpPacket = {
      payloadType: isAudio ? 0 : 101,
      marker,
      sequence: sequence & 0xffff,
      timestamp: timestamp >>> 0,
      ssrc,
      payload: new Uint8Array(160),
    };
    reception.receive(packet, atMs, isAudio);
  }
  return reception.report;
}

/** A perfect stream of so many packets. */
const stream = (count: number, first = 0): Arrival[] =>
  Array.from({ length: count }, (_, at) => ({ sequence: first + at, atMs: (first + at) * 20 }));

describe('a stream', () => {
  test('without a fault has none', () => {
    expect(receptionOf(stream(100))).toEqual({
      received: 100,
      expected: 100,
      lost: 0,
      late: 0,
      jitterMs: 0,
      jitterMinMs: 0,
      jitterMaxMs: 0,
      largestJitterBufferPackets: 1,
      averagePacketMs: 20,
    });
  });

  test('that never came has no figures at all', () => {
    const report = receptionOf([]);
    expect(Object.values(report).every(value => value === 0)).toBe(true);
  });

  test('has lost what its numbers skip, also where they start anew from 0', () => {
    const report = receptionOf(stream(100, 65_500).filter((_, at) => at % 10 !== 5));
    expect([report.received, report.expected, report.lost]).toEqual([90, 100, 10]);
    expect(report.averagePacketMs).toBeCloseTo((99 * 20) / 89);
  });

  test('has lost nothing when packets change places', () => {
    const arrivals = stream(20).map(({ sequence, atMs }) => ({ sequence: sequence ^ 1, atMs }));
    expect(receptionOf(arrivals).lost).toBe(0);
  });

  test('does not gain by packets that come twice', () => {
    const report = receptionOf(stream(10).flatMap(packet => [packet, packet]));
    expect([report.received, report.expected, report.lost]).toEqual([20, 10, 0]);
  });

  test('may begin anew with another source, or far away, and what was lost before stays lost', () => {
    const broken = stream(10).filter((_, at) => at !== 5);
    const report = receptionOf([
      ...broken,
      ...stream(10, 40_000).map(packet => ({ ...packet, ssrc: 2 })),
      ...stream(10, 200).map(packet => ({ ...packet, ssrc: 2 })),
    ]);
    expect([report.received, report.expected, report.lost]).toEqual([29, 30, 1]);
  });
});

describe('jitter', () => {
  test('is that of RFC 3550 App. A.8, computed anew here', () => {
    const delays = [0, 7, 3, 12, 1, 9, 30, 2, 2, 5, 17, 4, 0, 8, 6, 11, 3, 14, 1, 10];
    const arrivals = stream(20).map((packet, at) => ({ ...packet, atMs: packet.atMs + (delays[at] ?? 0) }));
    let jitter = 0;
    const course = delays.slice(1).map((delay, at) => {
      jitter += (Math.abs(delay - (delays[at] ?? 0)) - jitter) / 16;
      return jitter;
    });
    const report = receptionOf(arrivals);
    expect(report.jitterMs).toBeCloseTo(jitter, 6);
    expect(report.jitterMaxMs).toBeCloseTo(Math.max(...course), 6);
    expect(report.jitterMinMs).toBeCloseTo(Math.min(...course.slice(15)), 6);
  });

  test('comes to its value where every other packet is 8 ms late', () => {
    const report = receptionOf(
      stream(400).map((packet, at) => ({ ...packet, atMs: packet.atMs + (at % 2) * 8 })),
    );
    expect(report.jitterMs).toBeCloseTo(8, 1);
    expect(report.largestJitterBufferPackets).toBe(1);
  });

  test('needs a buffer for its longest delay, and what is later than 200 ms is late for any', () => {
    const arrivals = stream(100).map((packet, at) => ({
      ...packet,
      atMs: packet.atMs + (at === 50 ? 70 : at === 60 ? 300 : 0),
    }));
    const report = receptionOf(arrivals);
    expect([report.largestJitterBufferPackets, report.late]).toEqual([4, 1]);
  });

  test('is not that of telephone events, whose timestamps stand still', () => {
    const keys = stream(20, 50).map(packet => ({ ...packet, timestamp: 8_000, isAudio: false }));
    const report = receptionOf([...stream(50), ...keys, ...stream(50, 70)]);
    expect([report.jitterMaxMs, report.late, report.received]).toEqual([0, 0, 120]);
    expect(report.averagePacketMs).toBe(20);
  });

  test('is not that of a pause between talkspurts', () => {
    const later = stream(50, 50).map((packet, at) => ({
      ...packet,
      atMs: packet.atMs + 5_000,
      marker: at === 0,
    }));
    const report = receptionOf([...stream(50), ...later]);
    expect([report.jitterMaxMs, report.late]).toEqual([0, 0]);
  });

  test('is not that of clocks which run a little differently', () => {
    const slow = stream(30_000).map(packet => ({ ...packet, atMs: packet.atMs * 1.0005 }));
    const report = receptionOf(slow);
    expect([report.late, report.largestJitterBufferPackets]).toEqual([0, 1]);
  });
});

describe('the E-model', () => {
  // The table of its docstring; R and MOS as in ITU-T G.107 annex B.
  test.each([
    [0, 0, 93.2, 4.41],
    [100, 0, 90.8, 4.36],
    [100, 1, 87.2, 4.26],
    [100, 5, 75.0, 3.82],
    [300, 5, 56.7, 2.93],
    [100, 20, 48.7, 2.51],
  ])('rates %i ms and %i %% of loss %f, which is a MOS of %f', (delayMs, lossPercent, rating, mos) => {
    expect(ratingFactor({ delayMs, lossPercent })).toBeCloseTo(rating, 1);
    expect(opinionScore({ delayMs, lossPercent })).toBeCloseTo(mos, 2);
  });

  test('is never below 1', () => expect(opinionScore({ delayMs: 5_000, lossPercent: 100 })).toBe(1));
});
