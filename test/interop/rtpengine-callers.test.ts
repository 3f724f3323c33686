/** Callers over a trunk whose media rtpengine converts for the voice service. */
import { expect, test } from 'vitest';
import { chosenMedia } from '../../edge/media/choose.ts';
import { rtpengineMedia } from '../../edge/media/rtpengine/rtpengine.ts';
import { systemClock } from '../../sip/clock.ts';
import { systemRandom } from '../../sip/random.ts';
import { parseUri } from '../../sip/uri/uri.ts';
import type { Session } from '../../sip/user-agent.ts';
import { ACCOUNT, trunk } from '../core/directory.ts';
import { ALLOWED_HERE, RtpEnd } from '../edge/media/support/rtp-end.ts';
import { CONNECTOR, EdgeStage, OUTSIDE } from '../edge/support/edge-stage.ts';
import { MemoryDirectory } from '../edge/support/memory-directory.ts';
import { answerOf, behindNat, SPOKEN } from './support/answers.ts';
import { withRtpengine } from './support/rtpengine.ts';
import { Srtp } from './support/srtp.ts';

const NUMBER = '+12025550110';
const TRUNK = '10.3.0.7';
const PACKETS = 30;
const ENOUGH = 15;
const SERVICE_BYTE = 0x45;
const CALLER_BYTE = 0x33;

interface Joined {
  readonly caller: RtpEnd;
  readonly service: RtpEnd;
  /** What each was told. */
  readonly atCaller: string;
  readonly atService: string;
}

/** A caller offers this, and the voice service answers. */
async function calling(offer: (caller: RtpEnd) => string, talk: (joined: Joined) => Promise<void>) {
  await withRtpengine(async ({ port }) => {
    const rtpengine = rtpengineMedia({
      host: '127.0.0.1',
      port,
      targets: ALLOWED_HERE,
      clock: systemClock,
      random: systemRandom,
    });
    const [caller, service] = [await RtpEnd.open(1), await RtpEnd.open(2)];
    const inbound = new MemoryDirectory();
    inbound.numbers.push({
      sid: `PN${'0'.repeat(32)}`,
      number: NUMBER,
      accountSid: ACCOUNT,
      dialect: 'restcomm',
      friendlyName: NUMBER,
      createdAtMs: 0,
      updatedAtMs: 0,
    });
    inbound.inbound = [trunk('carrier', { inboundNetworks: ['10.3.0.0/24'] })];
    const stage = await EdgeStage.open({
      inbound,
      media: chosenMedia({ rtpengine }),
      voiceConnector: { uri: `sip:+17035550122@${CONNECTOR}`, from: '+15550199' },
    });
    let told: Session | undefined;
    stage.connector.onInvite = invitation => {
      told = invitation.accept({ sdp: service.sdp('0 101') });
    };
    const agent = await stage.agent(TRUNK);
    const outgoing = agent.invite(`sip:${NUMBER}@${OUTSIDE}`, {
      from: `sip:+49301234@${TRUNK}`,
      nextHop: parseUri(`sip:${OUTSIDE}`),
      sdp: offer(caller),
    });
    let session: Session | undefined;
    outgoing.on('accepted', accepted => {
      session = accepted;
    });
    // Signalling has virtual time, the engine real time.
    for (let round = 0; round < 40 && session === undefined; round++) {
      await stage.clock.advance(20);
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    try {
      await talk({ caller, service, atCaller: session?.remoteSdp ?? '', atService: told?.remoteSdp ?? '' });
    } finally {
      session?.bye();
      await stage.clock.advance(1_000);
      for (const one of [rtpengine, caller, service]) one.close();
    }
  });
}

const pace = () => new Promise(resolve => setTimeout(resolve, 20));

test.each([
  ['G722', '', (sdp: string) => sdp],
  ['G722', ' behind a NAT', behindNat],
  ['OPUS', '', (sdp: string) => sdp],
  ['G729', '', (sdp: string) => sdp],
] as const)('one that speaks %s%s and the voice service hear each other', async (codec, _, seenFromThere) => {
  const { payload, map, bytes, duration } = SPOKEN[codec];
  await calling(
    caller => seenFromThere(answerOf(caller, codec)),
    async ({ caller, service, atCaller, atService }) => {
      for (let sent = 0; sent < PACKETS; sent++) {
        caller.sendOne(atCaller, payload, bytes, duration);
        service.say(atService, 0, SERVICE_BYTE);
        await pace();
      }
      expect(atService).toMatch(/^m=audio \d+ RTP\/AVP 0 \d+\r$/m);
      expect(atCaller).toContain(map);
      expect(service.heard.filter(({ payloadType }) => payloadType === 0).length).toBeGreaterThan(ENOUGH);
      expect(caller.heard.filter(({ payloadType }) => payloadType === payload).length).toBeGreaterThan(
        ENOUGH,
      );
    },
  );
});

test('one whose media is encrypted and the voice service hear each other', async () => {
  const ours = Buffer.alloc(30, 7).toString('base64');
  await calling(
    caller =>
      caller
        .sdp('0 101', { lines: [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${ours}`] })
        .replace('RTP/AVP', 'RTP/SAVP'),
    async ({ caller, service, atCaller, atService }) => {
      const theirs = /^a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:([\w+/=]+)/m.exec(atCaller)?.[1] ?? '';
      const [protect, unprotect] = [new Srtp(ours), new Srtp(theirs)];
      service.sequence = 100;
      for (let sequence = 1; sequence <= PACKETS; sequence++) {
        const payload = new Uint8Array(160).fill(CALLER_BYTE);
        const packet = {
          payloadType: 0,
          marker: false,
          sequence,
          timestamp: sequence * 160,
          ssrc: 1,
          payload,
        };
        caller.sendBytes(atCaller, protect.protect(packet));
        service.say(atService, 0, SERVICE_BYTE);
        await pace();
      }
      expect(atService).toMatch(/^m=audio \d+ RTP\/AVP 0 \d+\r$/m);
      const atTheCaller = caller.heard.map(packet => unprotect.unprotect(packet)?.payload);
      expect(atTheCaller.length).toBeGreaterThan(ENOUGH);
      for (const payload of atTheCaller) expect(payload).toEqual(Buffer.alloc(160, SERVICE_BYTE));
      expect(service.heard.length).toBeGreaterThan(ENOUGH);
      for (const { payload } of service.heard) expect(payload).toEqual(Buffer.alloc(160, CALLER_BYTE));
    },
  );
});
