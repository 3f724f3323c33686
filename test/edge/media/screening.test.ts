/** A callee that is screened and whose media the edge's own relay converts. */
import { afterEach, expect, it } from 'vitest';
import { anchoredMedia } from '../../../edge/media/anchored.ts';
import { chosenMedia } from '../../../edge/media/choose.ts';
import { A_TO_MU, MU_TO_A } from '../../../rtp/g711.ts';
import { systemClock } from '../../../sip/clock.ts';
import { ALLOWED_HERE } from './support/rtp-end.ts';
import { CALLER_BYTE, DOCUMENT_BYTE, ScreenedCall, type Voice } from './support/screened-call.ts';

const CALLEE_BYTE = 0x33;
const PCMA: Voice = {
  answer: end => end.sdp('8 101'),
  say: (end, sdp) => end.say(sdp, 8, CALLEE_BYTE),
  heard: end => end.heard.filter(({ payloadType }) => payloadType === 8).map(({ payload }) => payload),
};

let call: ScreenedCall;
afterEach(() => call.close());

it('A callee that speaks PCMA hears its document and is heard by it, and then so the caller', async () => {
  const relay = anchoredMedia({
    address: '127.0.0.1',
    ports: { least: 48_100, most: 48_900 },
    targets: ALLOWED_HERE,
    clock: systemClock,
    random: Math.random,
  });
  call = await ScreenedCall.begin(chosenMedia({ relay }), { codecs: ['PCMA'] }, PCMA);
  const before = await call.withDocument();
  expect(call.isJoined).toBe(false);
  expect(call.caller.heard).toEqual([]);
  await call.accepts();
  expect(call.isJoined).toBe(true);
  const after = await call.withCaller();

  for (const [{ callee, other }, byte] of [
    [before, DOCUMENT_BYTE],
    [after, CALLER_BYTE],
  ] as const) {
    expect(callee.length).toBeGreaterThan(20);
    expect(other.length).toBeGreaterThan(20);
    expect(new Set(callee.map(([first]) => first))).toEqual(new Set([MU_TO_A[byte]]));
    expect(new Set(other.map(([first]) => first))).toEqual(new Set([A_TO_MU[CALLEE_BYTE]]));
  }
});
