import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAddressGuard } from '../../../../core/network/address-guard.ts';
import type { Codec } from '../../../../core/sip-target.ts';
import { NgClient } from '../../../../edge/media/rtpengine/ng-client.ts';
import { rtpengineMedia } from '../../../../edge/media/rtpengine/rtpengine.ts';
import { ConversionMissing, type MediaPath, MediaUnavailable } from '../../../../edge/media-plane.ts';
import { SdpRefused } from '../../../../edge/sdp.ts';
import { VirtualClock } from '../../../sip/support/virtual-clock.ts';
import { CONNECTOR_SDP } from '../../support/edge-stage.ts';
import { until } from '../support/rtp-end.ts';
import { type Dictionary, FakeEngine } from './fake-engine.ts';

const MAPS: Readonly<Record<string, string>> = {
  PCMU: '0 PCMU/8000',
  PCMA: '8 PCMA/8000',
  G722: '9 G722/8000',
  G729: '18 G729/8000',
  opus: '96 opus/48000/2',
  'telephone-event': '101 telephone-event/8000',
};

/** The engine's own description with these codecs. */
function described(names: readonly string[], lines: readonly string[] = []): string {
  const maps = names.map(name => MAPS[name] ?? '');
  return [
    'v=0',
    'o=- 77 1 IN IP4 198.51.100.9',
    's=-',
    'c=IN IP4 198.51.100.9',
    't=0 0',
    `m=audio 30000 RTP/AVP ${maps.map(map => map.split(' ')[0]).join(' ')}`,
    ...maps.map(map => `a=rtpmap:${map}`),
    ...lines,
    '',
  ].join('\r\n');
}

let engine: FakeEngine;
let clock: VirtualClock;
let media: ReturnType<typeof rtpengineMedia>;

beforeEach(async () => {
  engine = await FakeEngine.open();
  clock = new VirtualClock();
  media = rtpengineMedia({
    host: '127.0.0.1',
    port: engine.port,
    targets: createAddressGuard(['198.51.100.0/24']),
    clock,
    random: Math.random,
  });
  engine.answer = request => {
    if (request.command === 'answer') return { result: 'ok', sdp: described(['PCMU', 'telephone-event']) };
    const { transcode } = (request.codec ?? {}) as { transcode?: string[] };
    return { result: 'ok', sdp: described(transcode ?? []) };
  };
});

afterEach(() => {
  media.close();
  engine.close();
});

const open = (codecs: readonly Codec[], more = {}): Promise<MediaPath> =>
  media.open({ callSid: 'CA1', codecs, inside: CONNECTOR_SDP, address: '10.1.0.1', ...more });

const last = (): Dictionary => engine.asked.at(-1) ?? {};
const maps = (sdp: string) => [...sdp.matchAll(/^a=rtpmap:\d+ (\S+)/gm)].map(([, map]) => map);

describe('what the engine is asked', () => {
  it('for a target: an offer whose codecs are masked, and the list in their place', async () => {
    const path = await open(['OPUS', 'G722', 'PCMU']);
    expect(last()).toMatchObject({
      command: 'offer',
      'from-tag': 'inside',
      sdp: CONNECTOR_SDP,
      'transport protocol': 'RTP/AVP',
      ICE: 'remove',
      DTLS: 'off',
      'rtcp-mux': ['demux'],
      codec: { mask: ['all'], transcode: ['opus', 'G722', 'PCMU', 'telephone-event'] },
    });
    expect(last()['to-tag']).toBeUndefined();
    expect(maps(path.offer)).toEqual(['opus/48000/2', 'G722/8000', 'PCMU/8000', 'telephone-event/8000']);
  });

  it('for a target that asks for encryption: SRTP by SDES', async () => {
    await open(['PCMU'], { srtp: true });
    expect(last()['transport protocol']).toBe('RTP/SAVP');
    expect(last().SDES).toContain('no-NULL_HMAC_SHA1_80');
  });

  it('for its answer: an answer of the same two tags', async () => {
    const path = await open(['G722']);
    const callId = last()['call-id'];
    const told = await path.pass('outside', 'answer', described(['G722']));
    expect(last()).toMatchObject({
      command: 'answer',
      'call-id': callId,
      'from-tag': 'inside',
      'to-tag': 'outside',
    });
    expect(maps(told)).toEqual(['PCMU/8000', 'telephone-event/8000']);
  });

  it('for an offer of the target: PCMU for the voice service, in plain RTP', async () => {
    const path = await open(['G722'], { srtp: true });
    await path.pass('outside', 'answer', described(['G722']));
    await path.pass('outside', 'offer', described(['G722']));
    expect(last()).toMatchObject({
      command: 'offer',
      'from-tag': 'outside',
      'to-tag': 'inside',
      'transport protocol': 'RTP/AVP',
      codec: { transcode: ['PCMU', 'telephone-event'] },
    });
    await path.pass('inside', 'answer', CONNECTOR_SDP);
    expect(last()).toMatchObject({ command: 'answer', 'from-tag': 'outside', 'to-tag': 'inside' });
  });

  it('after an offer that was refused: what was agreed before, and the sides hear nothing of it', async () => {
    const path = await open(['G722']);
    const [offer, answer] = [CONNECTOR_SDP, described(['G722'])];
    const told = await path.pass('outside', 'answer', answer);
    await path.pass('outside', 'offer', described(['G722'], ['a=inactive']));
    path.withdraw?.();
    expect(await path.pass('outside', 'answer', answer)).toBe(told);
    expect(engine.asked.slice(-3, -1)).toMatchObject([
      { command: 'offer', 'from-tag': 'inside', sdp: offer },
      { command: 'answer', 'from-tag': 'inside', 'to-tag': 'outside', sdp: answer },
    ]);
  });

  it('for a target that is dialled first: nobody’s offer, and later the voice service’s with the same answer', async () => {
    const path = await open(['G722'], { inside: undefined });
    expect([path.blackHole, last().sdp]).toEqual([false, expect.stringContaining('192.0.2.1')]);
    const answer = described(['G722']);
    await path.pass('outside', 'answer', answer);
    await path.pass('inside', 'answer', CONNECTOR_SDP);
    expect(engine.asked.slice(-2)).toMatchObject([
      { command: 'offer', 'from-tag': 'inside', 'to-tag': 'outside', sdp: CONNECTOR_SDP },
      { command: 'answer', 'from-tag': 'inside', 'to-tag': 'outside', sdp: answer },
    ]);
  });

  it('of an outside at an address that may not be reached: that it is where nobody is; of the inside as it is', async () => {
    const path = await open(['G722']);
    const answer = described(['G722']).replace(/^c=.*$/m, 'c=IN IP4 10.2.0.1');
    await path.pass('outside', 'answer', answer);
    expect(last().sdp).toContain('c=IN IP4 192.0.2.1\r\n');
    await path.pass('outside', 'offer', answer);
    expect(last().sdp).toContain('c=IN IP4 192.0.2.1\r\n');
    await path.pass('inside', 'answer', CONNECTOR_SDP);
    expect(last().sdp).toBe(CONNECTOR_SDP);
    path.withdraw?.();
    await until(() => engine.asked.length === 6);
    expect(engine.asked.slice(-2).map(({ sdp }) => `${sdp}`.includes('10.2.0.1'))).toEqual([false, false]);
  });

  it('at the end: to forget the call, once', async () => {
    const path = await open(['G722']);
    path.close();
    path.close();
    await until(() => last().command === 'delete');
    expect(engine.asked.map(({ command }) => command)).toEqual(['offer', 'delete']);
  });

  it('for a side that is muted: to block what comes from it, and later not to', async () => {
    const path = await open(['G722']);
    await path.pass('outside', 'answer', described(['G722']));
    const callId = last()['call-id'];
    await path.mute('outside', true);
    expect(last()).toEqual({ command: 'block media', 'call-id': callId, 'from-tag': 'outside' });
    await path.mute('outside', false);
    expect(last()).toEqual({ command: 'unblock media', 'call-id': callId, 'from-tag': 'outside' });
  });

  it('after a restart: the same call', async () => {
    const path = await open(['G722']);
    await path.pass('outside', 'answer', described(['G722']));
    const callId = last()['call-id'];
    const again = media.restore(JSON.parse(JSON.stringify(path.snapshot())), ['G722']);
    await again.pass('outside', 'offer', described(['G722'], ['a=sendonly']));
    expect(last()['call-id']).toBe(callId);
  });

  it('about the packets of each side', async () => {
    const path = await open(['G722']);
    const side = (packets: number, SSRC: number) => ({
      medias: [{ streams: [{ SSRC, stats: { packets } }] }],
    });
    engine.answer = () => ({
      result: 'ok',
      tags: { inside: side(7, 111), outside: side(9, 222) },
      // Without RTCP from the other side the engine knows no more of a stream.
      SSRC: {
        111: {},
        222: { 'cumulative loss': 3, 'average MOS': { MOS: 41, jitter: 5, 'packet loss': 1 } },
      },
    });
    expect(await path.statistics?.()).toEqual({
      inside: { packetsReceived: 7 },
      outside: { packetsReceived: 9, packetsLost: 3, jitterMs: 5, mos: 4.1 },
    });
  });
});

describe('what goes wrong', () => {
  it('an engine that lacks a codec is not made to offer less than was asked for', async () => {
    engine.answer = () => ({ result: 'ok', sdp: described(['G722', 'telephone-event']) });
    await expect(open(['G729', 'G722'])).rejects.toThrow(ConversionMissing);
    await expect(open(['G729', 'G722'])).rejects.toThrow('has no G729');
    await until(() => last().command === 'delete');
  });

  it('an error of the engine is told with its reason', async () => {
    engine.answer = () => ({ result: 'error', 'error-reason': 'Parallel session limit reached' });
    await expect(open(['G722'])).rejects.toThrow(MediaUnavailable);
    await expect(open(['G722'])).rejects.toThrow('Parallel session limit reached');
  });

  it('a voice service without PCMU is refused before the engine is asked', async () => {
    await expect(open(['G722'], { inside: described(['G722']) })).rejects.toThrow(SdpRefused);
    expect(engine.asked).toEqual([]);
  });

  it('a port that is none is refused before the engine hears of it', async () => {
    const path = await open(['G722']);
    const answer = described(['G722']).replace('m=audio 30000', 'm=audio 70000');
    await expect(path.pass('outside', 'answer', answer)).rejects.toThrow(SdpRefused);
    expect(engine.asked.map(({ command }) => command)).toEqual(['offer']);
  });

  it('an answer that is none is not believed', async () => {
    engine.answer = () => ['ok'];
    const client = new NgClient({ host: '127.0.0.1', port: engine.port, clock, random: Math.random });
    const pong = client.request({ command: 'ping' });
    pong.catch(() => {});
    await until(() => engine.asked.length === 1);
    await clock.advance(3_000);
    await expect(pong).rejects.toThrow('does not answer');
    client.close();
  });

  it('an engine that says nothing is asked again with the same cookie, and given up after 3 s', async () => {
    engine.answer = () => undefined;
    const opened = open(['G722']);
    opened.catch(() => {});
    for (const [index, ms] of [250, 500, 1_000].entries()) {
      await until(() => engine.asked.length === index + 1);
      await clock.advance(ms);
    }
    await until(() => engine.asked.length === 4);
    expect([engine.asked.length, new Set(engine.cookies).size]).toEqual([4, 1]);
    await clock.advance(1_250);
    await expect(opened).rejects.toThrow(MediaUnavailable);
  });

  it('a first answer that was lost is made good by the second', async () => {
    let isLost = true;
    const { answer } = engine;
    engine.answer = request => {
      if (!isLost) return answer(request);
      isLost = false;
      return undefined;
    };
    const opened = open(['G722']);
    await until(() => engine.asked.length === 1);
    await clock.advance(250);
    expect((await opened).offer).toContain('G722/8000');
  });
});
