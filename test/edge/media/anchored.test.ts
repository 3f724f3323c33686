import { afterEach, describe, expect, it } from 'vitest';
import type { Codec } from '../../../core/sip-target.ts';
import { anchoredMedia } from '../../../edge/media/anchored.ts';
import { ConversionMissing, type MediaPath, MediaUnavailable } from '../../../edge/media-plane.ts';
import { SdpRefused } from '../../../edge/sdp.ts';
import { A_TO_MU, MU_TO_A } from '../../../rtp/g711.ts';
import { systemClock } from '../../../sip/clock.ts';
import { ALLOWED_HERE, aMoment, FORBIDDEN, portOf, RtpEnd, until } from './support/rtp-end.ts';

const PORTS = { least: 42_000, most: 48_000 };
const plane = (more = {}) =>
  anchoredMedia({
    address: '127.0.0.1',
    ports: PORTS,
    targets: ALLOWED_HERE,
    clock: systemClock,
    random: Math.random,
    ...more,
  });

const closing: { close(): void }[] = [];
afterEach(() => {
  for (const one of closing.splice(0)) one.close();
});

async function end(ssrc: number, address?: string): Promise<RtpEnd> {
  const made = await RtpEnd.open(ssrc, address);
  closing.push(made);
  return made;
}

/** A PCMU caller and a target that has answered with these payload types. */
async function bridged({
  codecs = ['PCMA'] as Codec[],
  answer = '8 96',
  offerWith = {},
  answerWith = {},
} = {}) {
  const [caller, target] = [await end(1), await end(2)];
  const path = await plane().open({
    callSid: 'CA1',
    codecs,
    inside: caller.sdp('0 101', offerWith),
    address: '127.0.0.1',
  });
  closing.push(path);
  const { offer } = path;
  const told = await path.pass('outside', 'answer', target.sdp(answer, { keys: 96, ...answerWith }));
  return { caller, target, path, offer, told };
}

/** What a side says is at ports of the relay; the other's own port is nowhere in it. */
const formats = (sdp: string) => /^m=audio \d+ RTP\/AVP (.*)$/m.exec(sdp)?.[1];
const direction = (sdp: string) => /^a=(sendrecv|sendonly|recvonly|inactive)\r?$/m.exec(sdp)?.[1];

describe('what the relay says', () => {
  it.each([
    [['PCMA'], '8 101'],
    [['PCMA', 'PCMU'], '8 0 101'],
    [['PCMU', 'PCMA'], '0 8 101'],
  ] as [Codec[], string][])('offers %j as %s, at its own address', async (codecs, expected) => {
    const { offer, caller } = await bridged({ codecs });
    expect(formats(offer)).toBe(expected);
    expect(offer).not.toContain(String(caller.port));
    expect(offer).toContain('a=fmtp:101 0-15');
  });

  it('answers the voice service with PCMU and its own payload type for keys', async () => {
    const { told } = await bridged({ answer: '8 96' });
    expect(formats(told)).toBe('0 101');
  });

  it('answers without keys where the target takes none', async () => {
    const { told } = await bridged({ answer: '8' });
    expect(formats(told)).toBe('0');
  });

  it('offers a target that is dialled first a real place, and the voice service what it answered', async () => {
    const target = await end(2);
    const path = await plane().open({
      callSid: 'CA1',
      codecs: ['PCMA'],
      inside: undefined,
      address: '127.0.0.1',
    });
    closing.push(path);
    expect([path.blackHole, formats(path.offer)]).toEqual([false, '8 101']);
    expect(direction(path.offer)).toBe('sendrecv');
    expect(formats(await path.pass('outside', 'answer', target.sdp('8 101')))).toBe('0 101');
  });

  it('names the advertised address behind a NAT of our own', async () => {
    const caller = await end(1);
    const path = await plane({ advertisedAddress: '198.51.100.7' }).open({
      callSid: 'CA1',
      codecs: ['PCMA'],
      inside: caller.sdp('0 101'),
      address: '127.0.0.1',
    });
    closing.push(path);
    expect(path.offer).toContain('c=IN IP4 198.51.100.7');
  });

  it('has one origin, and is the same to the letter where the same is said', async () => {
    const { path, target, told } = await bridged();
    const again = await path.pass('outside', 'answer', target.sdp('8 96', { keys: 96 }));
    const held = await path.pass('outside', 'offer', target.sdp('8 96', { keys: 96, lines: ['a=sendonly'] }));
    const origin = (sdp: string) => /^o=.*$/m.exec(sdp)?.[0];
    expect([again, origin(held)]).toEqual([told, origin(told)]);
    expect(held).not.toBe(told);
  });

  it('refuses a target without PCMU or PCMA, and a list that it cannot convert', async () => {
    const { path, target } = await bridged();
    await expect(path.pass('outside', 'offer', target.sdp('18'))).rejects.toThrow(SdpRefused);
    await expect(bridged({ codecs: ['PCMA', 'G722'] })).rejects.toThrow(ConversionMissing);
  });

  it('refuses a call when no port is free', async () => {
    const [caller] = [await end(1)];
    const full = plane({ ports: { least: 48_002, most: 48_005 } });
    const request = {
      callSid: 'CA1',
      codecs: ['PCMA'] as Codec[],
      inside: caller.sdp('0 101'),
      address: '127.0.0.1',
    };
    closing.push(await full.open(request));
    await expect(full.open(request)).rejects.toThrow(MediaUnavailable);
  });
});

describe('what passes the relay', () => {
  it('PCMU becomes PCMA and PCMA becomes PCMU, packet by packet, with the numbers of its sender', async () => {
    const { caller, target, offer, told } = await bridged();
    caller.say(told, 0, 0x21, 10);
    target.say(offer, 8, 0x33, 10);
    await until(() => target.heard.length === 10 && caller.heard.length === 10);
    expect(target.heard).toHaveLength(10);
    for (const [index, packet] of target.heard.entries()) {
      expect([packet.payloadType, packet.ssrc, packet.sequence]).toEqual([8, 1, (65_530 + index) & 0xffff]);
      expect(packet.timestamp).toBe((4_294_966_000 + 160 * index) >>> 0);
      expect(packet.payload).toEqual(Buffer.alloc(160, MU_TO_A[0x21]));
    }
    expect(caller.heard.map(({ payloadType, payload }) => [payloadType, payload[0]])).toEqual(
      Array(10).fill([0, A_TO_MU[0x33]]),
    );
  });

  it('PCMU that the target has chosen stays as it is', async () => {
    const { caller, target, told } = await bridged({ codecs: ['PCMA', 'PCMU'], answer: '0 96' });
    caller.say(told, 0, 0x7e);
    await until(() => target.heard.length === 1);
    expect(target.heard[0]).toMatchObject({ payloadType: 0, payload: Buffer.alloc(160, 0x7e) });
  });

  it('keys change their payload type, and are heard once', async () => {
    const { caller, target, path, offer, told } = await bridged({ answer: '8 96' });
    const heard: string[] = [];
    path.onDigit = (from, digit) => heard.push(`${from} ${digit}`);
    caller.press(told, 101, '*');
    target.press(offer, 101, '5');
    await until(() => target.heard.length === 4 && caller.heard.length === 4);
    expect(heard.sort()).toEqual(['inside *', 'outside 5']);
    expect(target.heard.map(({ payloadType }) => payloadType)).toEqual([96, 96, 96, 96]);
    expect(caller.heard.map(({ payloadType }) => payloadType)).toEqual([101, 101, 101, 101]);
  });

  it('RTCP goes both ways as it is', async () => {
    const { caller, target, offer, told } = await bridged();
    const report = Buffer.from('80c90001000000010000000000000000', 'hex');
    target.say(offer, 8, 1);
    caller.sayRtcp(told, report);
    target.sayRtcp(offer, report);
    await until(() => target.rtcpHeard.length === 1 && caller.rtcpHeard.length === 1);
    expect([target.rtcpHeard, caller.rtcpHeard]).toEqual([[report], [report]]);
  });

  it('what is no RTP, or has a payload type that nobody agreed to, goes nowhere', async () => {
    const { caller, target, told, path } = await bridged();
    caller.say(told, 34, 1, 3);
    await aMoment();
    expect(target.heard).toEqual([]);
    expect((await path.statistics?.())?.inside.packetsReceived).toBe(0);
  });

  it('a stranger does not take the place of a peer that speaks', async () => {
    const { caller, target, told, offer } = await bridged();
    const stranger = await end(3);
    target.say(offer, 8, 1, 3);
    await until(() => caller.heard.length === 3);
    stranger.say(offer, 8, 2, 20);
    await aMoment();
    caller.say(told, 0, 1);
    await until(() => target.heard.length === 1);
    expect([caller.heard.length, stranger.heard.length, target.heard.length]).toEqual([3, 0, 1]);
  });
});

describe('a side behind a NAT', () => {
  /** Nothing comes from there, and nothing arrives. */
  const elsewhere = { address: '192.168.7.7', port: 4_000 };
  const answer = { keys: 96, ...elsewhere };
  type Bridged = Awaited<ReturnType<typeof bridged>>;

  /** The first packet of each is only a claim, and the second proves it. */
  async function bothSpeak({ caller, target, told, offer }: Bridged): Promise<void> {
    target.say(offer, 8, 1, 2);
    caller.say(told, 0, 1, 2);
    await aMoment();
    for (const one of [caller, target]) one.heard.length = 0;
    target.say(offer, 8, 1, 3);
    caller.say(told, 0, 1, 3);
    await until(() => caller.heard.length === 3 && target.heard.length === 3);
  }

  it.each([
    ['the target', { answerWith: elsewhere }],
    ['the voice service', { offerWith: elsewhere }],
    ['both', { offerWith: elsewhere, answerWith: elsewhere }],
  ])('hears where it is, not where it says, and is heard: %s', async (_, places) => {
    const call = await bridged(places);
    await bothSpeak(call);
    expect([call.caller.heard.length, call.target.heard.length]).toEqual([3, 3]);
  });

  it('may have called: both hear where they are', async () => {
    const [service, phone] = [await end(1), await end(2)];
    const path = await plane().receive({ callSid: 'CA1', offer: '' });
    closing.push(path);
    const told = await path.pass('outside', 'offer', phone.sdp('8 96', answer));
    const offer = await path.pass('inside', 'answer', service.sdp('0 101', elsewhere));
    await bothSpeak({ caller: service, target: phone, path, told, offer });
    expect([service.heard.length, phone.heard.length]).toEqual([3, 3]);
  });

  it('is not heard by its first packet, which proves nothing', async () => {
    const { caller, target, offer } = await bridged({ answerWith: elsewhere });
    target.say(offer, 8, 1, 3);
    await until(() => caller.heard.length === 2);
    await aMoment();
    expect(caller.heard).toHaveLength(2);
  });

  it.each([
    ['by a direction', { lines: ['a=sendonly'] }],
    ['of both ways', { lines: ['a=inactive'] }],
    ['by an address of nowhere', { address: '0.0.0.0' }],
  ])('hears again at once after a hold %s, without a packet of its own', async (_, hold) => {
    const call = await bridged({ offerWith: elsewhere, answerWith: elsewhere });
    const { caller, target, path, told } = call;
    await bothSpeak(call);
    await path.pass('outside', 'offer', target.sdp('8 96', { ...answer, ...hold }));
    await path.pass('inside', 'answer', caller.sdp('0 101', { ...elsewhere, lines: ['a=recvonly'] }));
    caller.say(told, 0, 1, 3);
    await aMoment();
    expect(target.heard).toHaveLength(3);

    await path.pass('outside', 'offer', target.sdp('8 96', answer));
    await path.pass('inside', 'answer', caller.sdp('0 101', elsewhere));
    caller.say(told, 0, 1, 2);
    await until(() => target.heard.length === 5);
    expect(target.heard).toHaveLength(5);
  });

  it('that holds the other one is heard (music), and hears nothing; the voice service may hold as well', async () => {
    const call = await bridged({ offerWith: elsewhere, answerWith: elsewhere });
    const { caller, target, path, told, offer } = call;
    await bothSpeak(call);
    const held = await path.pass(
      'inside',
      'offer',
      caller.sdp('0 101', { ...elsewhere, lines: ['a=sendonly'] }),
    );
    const agreed = await path.pass(
      'outside',
      'answer',
      target.sdp('8 96', { ...answer, lines: ['a=recvonly'] }),
    );
    expect([direction(held), direction(agreed)]).toEqual(['sendonly', 'recvonly']);
    caller.say(told, 0, 1, 3);
    target.say(offer, 8, 1, 3);
    await until(() => target.heard.length === 6);
    await aMoment();
    expect([caller.heard.length, target.heard.length]).toEqual([3, 6]);
  });

  it('that only speaks is heard; one that only hears cannot be found until it has sent something', async () => {
    const speaker = await bridged({ answerWith: { ...elsewhere, lines: ['a=sendonly'] } });
    speaker.target.say(speaker.offer, 8, 1, 3);
    await until(() => speaker.caller.heard.length === 2);
    const listener = await bridged({ answerWith: { ...elsewhere, lines: ['a=recvonly'] } });
    listener.caller.say(listener.told, 0, 1, 3);
    await aMoment();
    expect([speaker.caller.heard.length, listener.target.heard.length]).toEqual([2, 0]);
    // As RFC 6263 has it: something that keeps the way open.
    listener.target.say(listener.offer, 8, 1, 2);
    await aMoment();
    listener.caller.say(listener.told, 0, 1, 2);
    await until(() => listener.target.heard.length === 2);
    expect(listener.target.heard).toHaveLength(2);
  });

  it('has its RTCP passed, both ways', async () => {
    const report = Buffer.from('80c90001000000010000000000000000', 'hex');
    const call = await bridged({ offerWith: elsewhere, answerWith: elsewhere });
    const { caller, target, told, offer } = call;
    await bothSpeak(call);
    caller.sayRtcp(told, report);
    await aMoment();
    target.sayRtcp(offer, report);
    await until(() => caller.rtcpHeard.length === 1);
    caller.sayRtcp(told, report);
    await until(() => target.rtcpHeard.length === 1);
    expect([caller.rtcpHeard, target.rtcpHeard]).toEqual([[report], [report]]);
  });
});

describe('a side that is muted', () => {
  it('is not heard, hears the other, and is heard again; its keys are for the edge alone', async () => {
    const { caller, target, path, told, offer } = await bridged();
    const keys: string[] = [];
    path.onDigit = (from, digit) => keys.push(`${from} ${digit}`);
    await path.mute('outside', true);
    target.say(offer, 8, 1, 3);
    target.press(offer, 101, '5');
    caller.say(told, 0, 1, 3);
    await until(() => target.heard.length === 3 && keys.length === 1);
    await aMoment();
    expect([caller.heard.length, keys]).toEqual([0, ['outside 5']]);

    await path.mute('outside', false);
    target.say(offer, 8, 1, 2);
    await until(() => caller.heard.length === 2);
  });

  it('is so still in the next process', async () => {
    const { caller, target, path, offer } = await bridged();
    await path.mute('outside', true);
    const snapshot = JSON.parse(JSON.stringify(path.snapshot()));
    path.close();
    await aMoment();
    const again = plane().restore(snapshot, ['PCMA']);
    closing.push(again);
    await aMoment();
    target.say(offer, 8, 1, 3);
    await aMoment();
    expect((await again.statistics?.())?.outside.packetsReceived).toBeGreaterThan(0);
    expect(caller.heard).toEqual([]);
  });
});

describe('a port that a description names', () => {
  const report = Buffer.from('80c90001000000010000000000000000', 'hex');

  it.each(['', 'x', '-1', '1e3', '65536', '70000', '123456'])(
    'that is none refuses the description: m=audio %s',
    async port => {
      const { path, target } = await bridged();
      const sdp = target.sdp('8 96').replace(/^m=audio \d+/m, `m=audio ${port}`);
      await expect(path.pass('outside', 'offer', sdp)).rejects.toThrow(SdpRefused);
      const inside = target.sdp('0 101').replace(/^m=audio \d+/m, `m=audio ${port}`);
      await expect(plane().open({ callSid: 'CA1', codecs: ['PCMA'], inside, address: '' })).rejects.toThrow(
        SdpRefused,
      );
    },
  );

  it('may be followed by a number of ports (RFC 4566 §5.14)', async () => {
    const { caller, target, path, told } = await bridged();
    const several = target.sdp('8 96', { keys: 96 }).replace(/^m=audio \d+/m, '$&/2');
    await path.pass('outside', 'answer', several);
    caller.say(told, 0, 1);
    await until(() => target.heard.length === 1);
    expect(target.heard).toHaveLength(1);
  });

  it.each(['0', '70000', '4000 IN IP4 rtcp.example.com', '4000 IN IP4 0.0.0.0', 'x'])(
    'for RTCP counts only where it is one: with a=rtcp:%s it is the one above (RFC 3550 §11)',
    async rtcp => {
      const { caller, target, told } = await bridged({ answerWith: { lines: [`a=rtcp:${rtcp}`] } });
      caller.sayRtcp(told, report);
      await until(() => target.rtcpHeard.length === 1);
      expect(target.rtcpHeard).toEqual([report]);
    },
  );

  it('for RTCP may be any other one, at another address (RFC 3605)', async () => {
    const other = await end(9);
    const lines = [`a=rtcp:${other.port + 1} IN IP4 127.0.0.1`];
    const { caller, target, told } = await bridged({ answerWith: { lines } });
    caller.sayRtcp(told, report);
    await until(() => other.rtcpHeard.length === 1);
    expect([other.rtcpHeard, target.rtcpHeard]).toEqual([[report], []]);
  });

  it('leaves none above it for RTCP if it is the last one: RTP passes all the same', async () => {
    const { caller, target, offer, told } = await bridged({ answerWith: { port: 65_535 } });
    caller.sayRtcp(told, report);
    await aMoment();
    target.say(offer, 8, 1, 3);
    await until(() => caller.heard.length === 2);
    caller.say(told, 0, 1);
    await until(() => target.heard.length === 1);
    expect([caller.heard.length, target.heard.length]).toEqual([2, 1]);
  });
});

describe('an address that may not be reached', () => {
  const report = Buffer.from('80c90001000000010000000000000000', 'hex');
  const nothing = { heard: [], rtcpHeard: [] };
  const toForbidden = ({ port }: RtpEnd) => ({ address: FORBIDDEN, port });

  it('is sent nothing for being described; the target is heard, and hears, where its packets come from', async () => {
    const victim = await end(3, FORBIDDEN);
    const { caller, target, offer, told } = await bridged({ answerWith: toForbidden(victim) });
    caller.say(told, 0, 1, 3);
    caller.sayRtcp(told, report);
    await aMoment();
    target.say(offer, 8, 1, 3);
    await until(() => caller.heard.length === 2);
    target.sayRtcp(offer, report);
    await until(() => caller.rtcpHeard.length === 1);
    caller.say(told, 0, 1, 2);
    caller.sayRtcp(told, report);
    await until(() => target.heard.length === 2 && target.rtcpHeard.length === 1);
    expect(target).toMatchObject({ heard: { length: 2 }, rtcpHeard: [report] });
    expect(victim).toMatchObject(nothing);
  });

  it('is sent nothing for being named by a=rtcp', async () => {
    const victim = await end(3, FORBIDDEN);
    const lines = [`a=rtcp:${victim.port + 1} IN IP4 ${FORBIDDEN}`];
    const { caller, target, told } = await bridged({ answerWith: { lines } });
    caller.sayRtcp(told, report);
    caller.say(told, 0, 1);
    await until(() => target.heard.length === 1);
    await aMoment();
    expect(victim).toMatchObject(nothing);
  });

  it('is sent nothing for packets that come from it, and they are not passed on', async () => {
    const victim = await end(3, FORBIDDEN);
    const { caller, offer, told } = await bridged({ answerWith: toForbidden(victim) });
    victim.say(offer, 8, 1, 10);
    victim.sayRtcp(offer, report);
    await aMoment();
    caller.say(told, 0, 1, 3);
    await aMoment();
    expect([victim, caller]).toMatchObject([nothing, nothing]);
  });

  it('may be the voice service’s', async () => {
    const caller = await end(1, FORBIDDEN);
    const path = await plane().open({
      callSid: 'CA1',
      codecs: ['PCMA'],
      inside: caller.sdp('0 101'),
      address: '127.0.0.1',
    });
    closing.push(path);
    const target = await end(2);
    await path.pass('outside', 'answer', target.sdp('8 101'));
    target.say(path.offer, 8, 1);
    await until(() => caller.heard.length === 1);
    expect(caller.heard).toHaveLength(1);
  });

  it('that is told again leaves what was learned, and another one does not', async () => {
    const victim = await end(3, FORBIDDEN);
    const { caller, target, path, offer, told } = await bridged({ answerWith: toForbidden(victim) });
    target.say(offer, 8, 1, 3);
    target.sayRtcp(offer, report);
    await until(() => caller.heard.length === 2 && caller.rtcpHeard.length === 1);
    await path.pass('outside', 'answer', target.sdp('8 96', { keys: 96, ...toForbidden(victim) }));
    caller.say(told, 0, 1);
    caller.sayRtcp(told, report);
    await until(() => target.heard.length === 1 && target.rtcpHeard.length === 1);
    const moved = { keys: 96, address: FORBIDDEN, port: victim.port + 2 };
    await path.pass('outside', 'answer', target.sdp('8 96', moved));
    caller.say(told, 0, 1);
    caller.sayRtcp(told, report);
    await aMoment();
    expect(target).toMatchObject({ heard: { length: 1 }, rtcpHeard: [report] });
    expect(victim).toMatchObject(nothing);
  });

  it('is sent nothing after a restart', async () => {
    const victim = await end(3, FORBIDDEN);
    const { caller, path, told } = await bridged({ answerWith: toForbidden(victim) });
    const written = JSON.parse(JSON.stringify(path.snapshot()));
    path.close();
    await aMoment();
    const again = plane().restore(written, ['PCMA']);
    closing.push(again);
    await aMoment();
    caller.say(told, 0, 1, 3);
    caller.sayRtcp(told, report);
    await aMoment();
    expect((await again.statistics?.())?.inside.packetsReceived).toBeGreaterThan(0);
    expect(victim).toMatchObject(nothing);
  });
});

describe('a name in place of an address', () => {
  it('is not looked up: the target hears where its packets come from, and it is no hold', async () => {
    const { caller, target, offer, told } = await bridged({ answerWith: { address: 'phone.example.com' } });
    caller.say(told, 0, 1, 3);
    await aMoment();
    target.say(offer, 8, 1, 3);
    await until(() => caller.heard.length === 2);
    caller.say(told, 0, 1);
    await until(() => target.heard.length === 1);
    expect([caller.heard.length, target.heard.length, direction(told)]).toEqual([2, 1, 'sendrecv']);
  });
});

describe('a change in the call', () => {
  it('hold and one-way media: nothing is sent to who does not want it', async () => {
    const { caller, target, path, told, offer } = await bridged();
    const held = await path.pass('outside', 'offer', target.sdp('8 96', { keys: 96, lines: ['a=sendonly'] }));
    const answer = await path.pass('inside', 'answer', caller.sdp('0 101', { lines: ['a=recvonly'] }));
    expect([direction(held), direction(answer), formats(answer)]).toEqual(['sendonly', 'recvonly', '8 96']);
    caller.say(told, 0, 1, 3);
    target.say(offer, 8, 1, 3);
    await until(() => caller.heard.length === 3);
    await aMoment();
    expect([caller.heard.length, target.heard.length]).toEqual([3, 0]);
  });

  it('hold by an address of nowhere is told as a direction, and ends with the next offer', async () => {
    const { caller, target, path, told } = await bridged();
    const nowhere = { keys: 96, address: '0.0.0.0' };
    expect(direction(await path.pass('outside', 'offer', target.sdp('8 96', nowhere)))).toBe('sendonly');
    await path.pass('inside', 'answer', caller.sdp('0 101', { lines: ['a=recvonly'] }));
    caller.say(told, 0, 1, 2);
    await aMoment();
    expect(target.heard).toEqual([]);
    await path.pass('outside', 'offer', target.sdp('8 96', { keys: 96 }));
    await path.pass('inside', 'answer', caller.sdp('0 101'));
    caller.say(told, 0, 1, 2);
    await until(() => target.heard.length === 2);
    expect(target.heard).toHaveLength(2);
  });

  it('the target changes its codec: the next packets are of the new one, and go on in number', async () => {
    const { caller, target, path, told } = await bridged({ codecs: ['PCMA', 'PCMU'], answer: '8 96' });
    caller.say(told, 0, 0x21, 2);
    await until(() => target.heard.length === 2);
    const reoffered = await path.pass('outside', 'offer', target.sdp('0 8 96', { keys: 96 }));
    const answer = await path.pass('inside', 'answer', caller.sdp('0 101'));
    expect([formats(reoffered), formats(answer)]).toEqual(['0 101', '0 96']);
    caller.say(told, 0, 0x21, 2);
    await until(() => target.heard.length === 4);
    expect(target.heard.map(({ payloadType }) => payloadType)).toEqual([8, 8, 0, 0]);
    expect(target.heard.map(({ sequence }) => sequence)).toEqual([65_530, 65_531, 65_532, 65_533]);
  });

  it('that is refused leaves everything as it was', async () => {
    const { caller, target, path, told } = await bridged();
    await path.pass('outside', 'offer', target.sdp('0 96', { keys: 96, lines: ['a=inactive'] }));
    caller.say(told, 0, 0x21);
    await until(() => target.heard.length === 1);
    expect(target.heard[0]?.payloadType).toBe(8);
  });

  it('of place: who moves is followed at once', async () => {
    const { caller, target, path, told, offer } = await bridged();
    target.say(offer, 8, 1, 2);
    const other = await end(9);
    await path.pass('outside', 'offer', other.sdp('8 96', { keys: 96 }));
    await path.pass('inside', 'answer', caller.sdp('0 101'));
    caller.say(told, 0, 1);
    await until(() => other.heard.length === 1);
    expect([other.heard.length, target.heard.length]).toEqual([1, 0]);
  });
});

describe('what is measured', () => {
  it('are the packets, the loss and a MOS of each side', async () => {
    const { caller, target, path, told, offer } = await bridged();
    caller.say(told, 0, 1, 30);
    caller.sequence += 10;
    caller.say(told, 0, 1, 10);
    target.say(offer, 8, 1, 5);
    await until(() => target.heard.length === 40 && caller.heard.length === 5);
    const measured = await path.statistics?.();
    expect(measured?.inside).toMatchObject({ packetsReceived: 40, packetsSent: 5, packetsLost: 10 });
    expect(measured?.outside).toMatchObject({ packetsReceived: 5, packetsSent: 40, packetsLost: 0 });
    expect(measured?.outside.mos).toBeGreaterThan(4);
    expect(measured?.inside.mos).toBeLessThan(3);
  });
});

describe('after a restart', () => {
  it('the same ports go on, with what was agreed', async () => {
    const { caller, target, path, told, offer } = await bridged();
    const written = JSON.parse(JSON.stringify(path.snapshot()));
    path.close();
    await aMoment();
    const again: MediaPath = plane().restore(written, ['PCMA']);
    closing.push(again);
    await aMoment();
    caller.say(told, 0, 0x21, 2);
    target.say(offer, 8, 0x33, 2);
    await until(() => target.heard.length === 2 && caller.heard.length === 2);
    expect(target.heard[0]?.payload[0]).toBe(MU_TO_A[0x21]);
    expect(portOf(await again.pass('outside', 'answer', target.sdp('8 96', { keys: 96 })))).toBe(
      portOf(told),
    );
  });

  it('ports that somebody else has taken are told', async () => {
    const { path } = await bridged();
    const written = JSON.parse(JSON.stringify(path.snapshot()));
    const lost: unknown[] = [];
    closing.push(plane({ onLost: (error: unknown) => lost.push(error) }).restore(written, ['PCMA']));
    await until(() => lost.length === 2);
    expect(lost).toHaveLength(2);
  });
});
