import { describe, expect, test } from 'vitest';
import type { Codec } from '../../core/sip-target.ts';
import { answerEarlyOffer } from '../../edge/early-offer.ts';
import { rtpengineMedia } from '../../edge/media/rtpengine/rtpengine.ts';
import type { MediaPath } from '../../edge/media-plane.ts';
import { writeReport } from '../../rtp/rtcp.ts';
import { parseTelephoneEvent } from '../../rtp/telephone-event.ts';
import { systemClock } from '../../sip/clock.ts';
import { systemRandom } from '../../sip/random.ts';
import { ALLOWED_HERE, FORBIDDEN, RtpEnd } from '../edge/media/support/rtp-end.ts';
import { answerOf, behindNat, ELSEWHERE, encrypted, SPOKEN } from './support/answers.ts';
import { withRtpengine } from './support/rtpengine.ts';
import { Srtp } from './support/srtp.ts';

const PACKETS = 40;
const PACKET_MS = 20;

const mapsOf = (sdp: string) => [...sdp.matchAll(/^a=rtpmap:\d+ (\S+)/gm)].map(([, map]) => map);

interface Bridge {
  readonly path: MediaPath;
  readonly caller: RtpEnd;
  readonly target: RtpEnd;
}

async function withBridge(
  request: { codecs: Codec[]; inside?: boolean; insideNat?: boolean; srtp?: boolean },
  work: (bridge: Bridge) => Promise<void>,
): Promise<void> {
  await withRtpengine(async ({ port }) => {
    const media = rtpengineMedia({
      host: '127.0.0.1',
      port,
      targets: ALLOWED_HERE,
      clock: systemClock,
      random: systemRandom,
    });
    const [caller, target] = [await RtpEnd.open(1), await RtpEnd.open(2)];
    const { inside = true, insideNat = false, ...more } = request;
    const path = await media.open({
      callSid: 'CA1',
      address: '127.0.0.1',
      inside: inside ? caller.sdp('0 101', insideNat ? ELSEWHERE : {}) : undefined,
      ...more,
    });
    try {
      await work({ path, caller, target });
    } finally {
      path.close();
      await new Promise(resolve => setTimeout(resolve, 50));
      for (const one of [media, caller, target]) one.close();
    }
  });
}

/** At a telephone's pace, both. */
async function talk(
  { caller, target }: Bridge,
  told: string,
  offer: string,
  codec: Codec,
  packets = PACKETS,
): Promise<void> {
  const { payload, bytes, duration } = SPOKEN[codec];
  await atAPace(() => {
    caller.say(told, 0, 0x55);
    target.sendOne(offer, payload, bytes, duration);
  }, packets);
}

async function atAPace(say: () => void, packets = PACKETS): Promise<void> {
  for (let sent = 0; sent < packets; sent++) {
    say();
    await new Promise(resolve => setTimeout(resolve, PACKET_MS));
  }
}

test('a hold that the PCMU side refuses leaves both talking', async () => {
  await withBridge({ codecs: ['G722'] }, async bridge => {
    const { path, caller, target } = bridge;
    const told = await path.pass('outside', 'answer', answerOf(target, 'G722'));
    await path.pass('outside', 'offer', answerOf(target, 'G722', ['a=inactive']));
    path.withdraw?.();
    await talk(bridge, told, path.offer, 'G722');

    expect(caller.heard.length).toBeGreaterThan(PACKETS / 2);
    expect(target.heard.length).toBeGreaterThan(PACKETS / 2);
  });
});

test('a target that moves its media before it answers is heard from its new place, and another one that answers for it, too', async () => {
  await withBridge({ codecs: ['G722'] }, async bridge => {
    const { path, caller, target } = bridge;
    const [moved, other] = [await RtpEnd.open(3), await RtpEnd.open(4)];
    const inside = caller.sdp('0 101');
    await path.pass('outside', 'answer', answerOf(target, 'G722'));
    const { answer, heard } = await answerEarlyOffer(path, answerOf(moved, 'G722'), inside);
    // The engine may have taken another port for the caller, who is told so.
    await talk({ path, caller, target: moved }, heard?.told ?? '', answer, 'G722');
    const heardBefore = caller.heard.length;
    await path.pass('inside', 'offer', inside);
    const told = await path.pass('outside', 'answer', answerOf(other, 'G722'));
    await talk({ path, caller, target: other }, told, path.offer, 'G722');

    expect(heardBefore).toBeGreaterThan(PACKETS / 2);
    expect(caller.heard.length - heardBefore).toBeGreaterThan(PACKETS / 2);
    for (const end of [moved, other]) expect(end.heard.length).toBeGreaterThan(PACKETS / 2);
    expect(target.heard).toEqual([]);
    for (const end of [moved, other]) end.close();
  });
});

test.each(['PCMA', 'G722', 'G729', 'OPUS'] as const)(
  'a target that speaks %s and a PCMU side hear each other',
  async codec => {
    await withBridge({ codecs: [codec] }, async bridge => {
      const { path, caller, target } = bridge;
      const told = await path.pass('outside', 'answer', answerOf(target, codec));
      await talk(bridge, told, path.offer, codec);

      expect(mapsOf(path.offer).filter(map => !map?.startsWith('telephone-event'))).toEqual([
        SPOKEN[codec].map,
      ]);
      expect(told).toMatch(/^m=audio \d+ RTP\/AVP 0 101\r$/m);
      const [atCaller, atTarget] = [caller.heard, target.heard];
      expect(atCaller.length).toBeGreaterThan(PACKETS / 2);
      expect(atTarget.length).toBeGreaterThan(PACKETS / 2);
      expect(new Set(atCaller.map(({ payloadType }) => payloadType))).toEqual(new Set([0]));
      expect(new Set(atTarget.map(({ payloadType }) => payloadType))).toEqual(
        new Set([SPOKEN[codec].payload]),
      );
      const measured = await path.statistics?.();
      expect(measured?.inside.packetsReceived).toBe(PACKETS);
      expect(measured?.outside.packetsReceived).toBe(PACKETS);
    });
  },
);

test.each(['PCMA', 'G722', 'G729', 'OPUS'] as const)(
  'a key of the PCMU side is heard by a target that speaks %s',
  async codec => {
    await withBridge({ codecs: [codec] }, async bridge => {
      const { path, caller, target } = bridge;
      const told = await path.pass('outside', 'answer', answerOf(target, codec));
      await talk(bridge, told, path.offer, codec, 10);
      caller.press(told, 101, '5');
      await talk(bridge, told, path.offer, codec, 10);

      const payload = codec === 'OPUS' ? 97 : 101;
      const keys = target.heard.filter(({ payloadType }) => payloadType === payload);
      expect(keys.map(packet => parseTelephoneEvent(packet.payload)?.digit)).toContain('5');
    });
  },
);

test('a list is offered in its order, and nothing else', async () => {
  await withBridge({ codecs: ['OPUS', 'G722', 'PCMU', 'G729', 'PCMA'] }, async ({ path }) => {
    const audio = mapsOf(path.offer).filter(map => !map?.startsWith('telephone-event'));
    expect(audio).toEqual(['opus/48000/2', 'G722/8000', 'PCMU/8000', 'G729/8000', 'PCMA/8000']);
    expect(mapsOf(path.offer)).toContain('telephone-event/8000');
  });
});

test('a target that is dialled before there is anybody hears the caller once there is', async () => {
  await withBridge({ codecs: ['G722'], inside: false }, async bridge => {
    const { path, caller, target } = bridge;
    const told = await path.pass('outside', 'answer', answerOf(target, 'G722'));
    await path.pass('inside', 'answer', caller.sdp('0 101'));
    await talk(bridge, told, path.offer, 'G722');

    expect(caller.heard.length).toBeGreaterThan(PACKETS / 2);
    expect(target.heard.length).toBeGreaterThan(PACKETS / 2);
  });
});

const REPORT = writeReport(1, { sentMs: 0, timestamp: 0, packets: 1, octets: 160 }, undefined, 'caller');

describe('an address that may not be reached', () => {
  /** What the target says, when it names the victim as its own place in this way. */
  const NAMING: Readonly<Record<string, (sdp: string, victim: RtpEnd) => string>> = {
    'in c=': (sdp, { port }) =>
      sdp.replace(/^c=.*$/m, `c=IN IP4 ${FORBIDDEN}\r`).replace(/^m=audio \d+/m, `m=audio ${port}`),
    'in a=rtcp': (sdp, { port }) => `${sdp}a=rtcp:${port + 1} IN IP4 ${FORBIDDEN}\r\n`,
    'as candidates of ICE': (sdp, { port }) =>
      [
        `${sdp}a=ice-ufrag:abcd`,
        'a=ice-pwd:abcdefghijklmnopqrstuvwx',
        `a=candidate:1 1 UDP 2130706431 ${FORBIDDEN} ${port} typ host`,
        `a=candidate:1 2 UDP 2130706430 ${FORBIDDEN} ${port + 1} typ host`,
        '',
      ].join('\r\n'),
  };

  test.each(Object.keys(NAMING))(
    'is sent nothing for being named %s; the target is heard, and hears, where its packets come from',
    async way => {
      const victim = await RtpEnd.open(3, FORBIDDEN);
      await withBridge({ codecs: ['G722'] }, async bridge => {
        const { path, caller, target } = bridge;
        const says = () => NAMING[way]?.(answerOf(target, 'G722'), victim) ?? '';
        const told = await path.pass('outside', 'answer', says());
        await atAPace(() => {
          caller.say(told, 0, 0x55);
          caller.sayRtcp(told, REPORT);
        });
        await talk(bridge, told, path.offer, 'G722');
        expect(caller.heard.length).toBeGreaterThan(PACKETS / 2);
        expect(target.heard.length).toBeGreaterThan(PACKETS / 2);
        // Its offer is read in the same way.
        await path.pass('outside', 'offer', says());
        await path.pass('inside', 'answer', caller.sdp('0 101'));
        await talk(bridge, told, path.offer, 'G722');
        expect(victim).toMatchObject({ heard: [], rtcpHeard: [], othersHeard: [] });
      }).finally(() => victim.close());
    },
  );
});

describe('a side behind a NAT', () => {
  const heard = ({ caller, target }: Bridge) => [caller.heard.length, target.heard.length];
  const enough = expect.toSatisfy((packets: number) => packets > PACKETS / 2, 'most packets');
  const direction = (sdp: string) => /^a=(sendrecv|sendonly|recvonly|inactive)\r$/m.exec(sdp)?.[1];

  test.each([
    ['the target', { insideNat: false, outsideNat: true }],
    ['the voice service', { insideNat: true, outsideNat: false }],
    ['both', { insideNat: true, outsideNat: true }],
  ])('hears where it is, not where it says, and is heard: %s', async (_, { insideNat, outsideNat }) => {
    await withBridge({ codecs: ['G722'], insideNat }, async bridge => {
      const answer = answerOf(bridge.target, 'G722');
      const told = await bridge.path.pass('outside', 'answer', outsideNat ? behindNat(answer) : answer);
      await talk(bridge, told, bridge.path.offer, 'G722');
      expect(heard(bridge)).toEqual([enough, enough]);
    });
  });

  test.each([
    ['a direction', { lines: ['a=sendonly'] }, 'sendonly', 'recvonly'],
    ['a direction, both ways', { lines: ['a=inactive'] }, 'inactive', 'inactive'],
    ['an address of nowhere', { address: '0.0.0.0' }, 'sendonly', 'recvonly'],
  ])('may hold by %s, and hears again at once', async (_, hold, told, answered) => {
    await withBridge({ codecs: ['PCMA'], insideNat: true }, async bridge => {
      const { path, caller, target } = bridge;
      const ours = (...lines: string[]) => caller.sdp('0 101', { ...ELSEWHERE, lines });
      const theirs = (more = {}) => target.sdp('8 101', { ...ELSEWHERE, ...more });
      const toCaller = await path.pass('outside', 'answer', theirs());
      await talk(bridge, toCaller, path.offer, 'PCMA');
      const held = await path.pass('outside', 'offer', theirs(hold));
      const agreed = await path.pass('inside', 'answer', ours(`a=${answered}`));
      expect([direction(held), direction(agreed)]).toEqual([told, answered]);

      await path.pass('outside', 'offer', theirs());
      expect(direction(await path.pass('inside', 'answer', ours()))).toBe('sendrecv');
      for (const end of [caller, target]) end.heard.length = 0;
      // The engine still knows where it is, before it has said a word.
      await atAPace(() => caller.say(toCaller, 0, 0x55));
      expect(heard(bridge)).toEqual([0, enough]);
      await talk(bridge, toCaller, path.offer, 'PCMA');
      expect(caller.heard.length).toEqual(enough);
    });
  });

  test('is heard by who is on hold, who may say nothing', async () => {
    await withBridge({ codecs: ['PCMA'] }, async bridge => {
      const { path, target } = bridge;
      const theirs = target.sdp('8 101', { ...ELSEWHERE, lines: ['a=sendonly'] });
      expect(direction(await path.pass('outside', 'answer', theirs))).toBe('sendonly');
      await atAPace(() => target.sendOne(path.offer, 8, SPOKEN.PCMA.bytes));
      expect(heard(bridge)).toEqual([enough, 0]);
    });
  });
});

test('hold by the target is told to the PCMU side, and its answer back', async () => {
  await withBridge({ codecs: ['G722'] }, async ({ path, caller, target }) => {
    const told = await path.pass('outside', 'answer', answerOf(target, 'G722'));
    const held = await path.pass('outside', 'offer', answerOf(target, 'G722', ['a=sendonly']));
    const answer = await path.pass('inside', 'answer', caller.sdp('0 101', { lines: ['a=recvonly'] }));

    expect(held).toMatch(/RTP\/AVP 0 101\r\n[\s\S]*a=sendonly/);
    expect(answer).toMatch(/RTP\/AVP 9 101\r\n[\s\S]*a=recvonly/);
    const origin = (sdp: string) => /^o=.*$/m.exec(sdp)?.[0];
    expect(origin(held)).toBe(origin(told));
  });
});

test('a target that asks for encryption is offered SDES, without the suites that do not encrypt', async () => {
  await withBridge({ codecs: ['PCMU'], srtp: true }, async ({ path, target }) => {
    expect(path.offer).toMatch(/^m=audio \d+ RTP\/SAVP 0 101\r$/m);
    const suites = [...path.offer.matchAll(/^a=crypto:\d+ (\S+) inline:/gm)].map(([, suite]) => suite);
    expect(suites).toContain('AES_CM_128_HMAC_SHA1_80');
    expect(suites.filter(suite => suite?.startsWith('NULL'))).toEqual([]);

    const key = Buffer.alloc(30, 7).toString('base64');
    const told = await path.pass('outside', 'answer', encrypted(target, path.offer, key));
    expect(told).toMatch(/^m=audio \d+ RTP\/AVP 0 101\r$/m);
    expect(told).not.toContain('a=crypto');
  });
});

test('what such a target says and hears is encrypted, and plain for the PCMU side', async () => {
  await withBridge({ codecs: ['PCMU'], srtp: true }, async ({ path, caller, target }) => {
    const key = Buffer.alloc(30, 7).toString('base64');
    const told = await path.pass('outside', 'answer', encrypted(target, path.offer, key));
    const engineKey = /^a=crypto:\d+ AES_CM_128_HMAC_SHA1_80 inline:([\w+/=]+)/m.exec(path.offer)?.[1] ?? '';
    const [ours, theirs] = [new Srtp(key), new Srtp(engineKey)];
    caller.sequence = 100;
    for (let sequence = 1; sequence <= 20; sequence++) {
      caller.say(told, 0, 0x21);
      const payload = new Uint8Array(160).fill(0x33);
      const packet = { payloadType: 0, marker: false, sequence, timestamp: sequence * 160, ssrc: 2, payload };
      target.sendBytes(path.offer, ours.protect(packet));
      await new Promise(resolve => setTimeout(resolve, PACKET_MS));
    }

    const plain = target.heard.map(packet => theirs.unprotect(packet)?.payload);
    expect(plain.length).toBeGreaterThan(10);
    for (const payload of plain) expect(payload).toEqual(Buffer.alloc(160, 0x21));
    expect(caller.heard.length).toBeGreaterThan(10);
    for (const { payload } of caller.heard) expect(payload).toEqual(Buffer.alloc(160, 0x33));
  });
});
