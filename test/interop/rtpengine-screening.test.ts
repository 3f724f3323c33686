/** Callees that are screened and whose media rtpengine converts. */
import { expect, test } from 'vitest';
import type { SipTarget } from '../../core/sip-target.ts';
import { chosenMedia } from '../../edge/media/choose.ts';
import { rtpengineMedia } from '../../edge/media/rtpengine/rtpengine.ts';
import { systemClock } from '../../sip/clock.ts';
import { systemRandom } from '../../sip/random.ts';
import { ALLOWED_HERE, type RtpEnd } from '../edge/media/support/rtp-end.ts';
import {
  CALLER_BYTE,
  DOCUMENT_BYTE,
  ScreenedCall,
  type Talk,
  type Voice,
} from '../edge/media/support/screened-call.ts';
import { answerOf, encrypted, SPOKEN } from './support/answers.ts';
import { withRtpengine } from './support/rtpengine.ts';
import { Srtp } from './support/srtp.ts';

const ENOUGH = 15;

/** What a callee and its document hear of each other, and then the callee and the caller. */
async function screened(target: Partial<SipTarget>, voice: Voice): Promise<[Talk, Talk]> {
  return withRtpengine(async ({ port }) => {
    const rtpengine = rtpengineMedia({
      host: '127.0.0.1',
      port,
      targets: ALLOWED_HERE,
      clock: systemClock,
      random: systemRandom,
    });
    const call = await ScreenedCall.begin(chosenMedia({ rtpengine }), target, voice);
    try {
      const before = await call.withDocument();
      expect([call.isJoined, call.caller.heard]).toEqual([false, []]);
      await call.accepts();
      expect(call.isJoined).toBe(true);
      return [before, await call.withCaller()];
    } finally {
      await call.close();
      rtpengine.close();
    }
  });
}

test.each(['G722', 'OPUS', 'G729'] as const)(
  'one that speaks %s hears its document and is heard by it, and then so the caller',
  async codec => {
    const { payload, bytes, duration } = SPOKEN[codec];
    const talks = await screened(
      { codecs: [codec] },
      {
        answer: end => answerOf(end, codec),
        say: (end, sdp) => end.sendOne(sdp, payload, bytes, duration),
        heard: end => end.heard.filter(each => each.payloadType === payload).map(each => each.payload),
      },
    );
    for (const { callee, other } of talks) {
      expect(callee.length).toBeGreaterThan(ENOUGH);
      expect(other.length).toBeGreaterThan(ENOUGH);
      expect(new Set(other.map(({ length }) => length))).toEqual(new Set([160]));
    }
  },
);

test('one whose media is encrypted hears its document and is heard by it, and then so the caller', async () => {
  const ours = Buffer.alloc(30, 7).toString('base64');
  let theirs = '';
  let sequence = 0;
  const voice: Voice = {
    answer(end, offer) {
      theirs = /^a=crypto:\d+ AES_CM_128_HMAC_SHA1_80 inline:([\w+/=]+)/m.exec(offer)?.[1] ?? '';
      return encrypted(end, offer, ours);
    },
    say(end: RtpEnd, sdp) {
      sequence++;
      const payload = new Uint8Array(160).fill(0x33);
      const packet = { payloadType: 0, marker: false, sequence, timestamp: sequence * 160, ssrc: 2, payload };
      end.sendBytes(sdp, new Srtp(ours).protect(packet));
    },
    heard: end => end.heard.flatMap(each => new Srtp(theirs).unprotect(each)?.payload ?? []),
  };

  const [before, after] = await screened({ codecs: ['PCMU'], srtp: true }, voice);

  expect(before.callee.length).toBeGreaterThan(ENOUGH);
  expect(before.other.length).toBeGreaterThan(ENOUGH);
  for (const payload of before.callee) expect(payload).toEqual(Buffer.alloc(160, DOCUMENT_BYTE));
  expect(after.callee.length).toBeGreaterThan(ENOUGH);
  expect(after.other.length).toBeGreaterThan(ENOUGH);
  for (const payload of after.callee) expect(payload).toEqual(Buffer.alloc(160, CALLER_BYTE));
  for (const payload of after.other) expect(payload).toEqual(Buffer.alloc(160, 0x33));
});
