import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ntpMiddle, parseReports, writeReport } from '../../rtp/rtcp.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

const block = {
  ssrc: 0x11111111,
  fractionLost: 64,
  lost: -2,
  highestSequence: 0x0001_fffe,
  jitter: 33,
  lastReport: 0x22222222,
  sinceLastReport: 0x10000,
};
const BLOCK = '11111111 40 fffffe 0001fffe 00000021 22222222 00010000';
const CNAME = '81 ca 0003 deadbeef 01 03 616263 00 00 00';

describe('a report', () => {
  test('of a sender is laid out as RFC 3550 §6.4.1 has it, and its CNAME follows', () => {
    // 1970-01-01T00:00:00.5Z is 2,208,988,800.5 s of NTP time.
    const bytes = writeReport(
      0xdeadbeef,
      { sentMs: 500, timestamp: 7, packets: 2, octets: 320 },
      block,
      'abc',
    );
    const report = `81 c8 000c deadbeef 83aa7e80 80000000 00000007 00000002 00000140 ${BLOCK}`;
    expect(bytes.toString('hex')).toBe(hex(report + CNAME).toString('hex'));
    expect(parseReports(bytes)).toEqual([{ ssrc: 0xdeadbeef, ntpMiddle: 0x7e808000, blocks: [block] }]);
    expect(ntpMiddle(500)).toBe(0x7e808000);
  });

  test('of one that sends nothing is a receiver report', () => {
    expect(writeReport(0xdeadbeef, undefined, block, 'abc')).toEqual(
      hex(`81 c9 0007 deadbeef ${BLOCK} ${CNAME}`),
    );
    expect(writeReport(0xdeadbeef, undefined, undefined, 'abc')).toEqual(hex(`80 c9 0001 deadbeef ${CNAME}`));
  });

  test('says no more than its 24 bits of what was lost', () => {
    for (const [lost, said] of [
      [2 ** 30, 0x7f_ffff],
      [-(2 ** 30), -0x80_0000],
    ] as const) {
      const [report] = parseReports(writeReport(1, undefined, { ...block, lost }, 'abc'));
      expect(report?.blocks[0]?.lost).toBe(said);
    }
  });

  test.each([
    ['that breaks off', `81 c9 0007 deadbeef ${BLOCK.slice(0, -9)}`],
    ['with more blocks than it has room for', `82 c9 0007 deadbeef ${BLOCK}`],
    ['of another version', `01 c9 0007 deadbeef ${BLOCK}`],
    ['that is none', '00'],
  ])('%s is passed over', (_, text) => expect(parseReports(hex(text))).toEqual([]));

  test('whatever comes is read or passed over, never an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.constantFrom(200, 201, 202), (tail, type) => {
        parseReports(Buffer.from([0x81, type, 0, 7, ...tail]));
        parseReports(Buffer.from(tail));
      }),
    );
  });
});
