import { describe, expect, it } from 'vitest';
import type { Codec } from '../../../core/sip-target.ts';
import { chosenMedia } from '../../../edge/media/choose.ts';
import {
  ConversionMissing,
  directMedia,
  type MediaPlane,
  type MediaRequest,
} from '../../../edge/media-plane.ts';
import { answerAt, CONNECTOR_SDP } from '../support/edge-stage.ts';

const opened: string[] = [];
const noting = (name: string): MediaPlane => ({
  open: async request => {
    opened.push(name);
    return directMedia.open({ ...request, codecs: ['PCMU'] });
  },
  receive: async reception => {
    opened.push(name);
    return directMedia.receive(reception);
  },
  restore: (_snapshot, codecs) => {
    opened.push(`${name} again`);
    return directMedia.restore(undefined, codecs);
  },
});
const request = (codecs: readonly Codec[], more: Partial<MediaRequest> = {}): MediaRequest => ({
  callSid: 'CA1',
  codecs,
  inside: CONNECTOR_SDP,
  address: '10.1.0.1',
  ...more,
});
const all = chosenMedia({ relay: noting('relay'), rtpengine: noting('rtpengine') });

async function planeOf(codecs: readonly Codec[], more: Partial<MediaRequest> = {}): Promise<string> {
  opened.length = 0;
  await all.open(request(codecs, more));
  return opened[0] ?? 'direct';
}

/** A caller's offer of these payload types. */
const offering = (payloads: string, protocol = 'RTP/AVP') =>
  answerAt('10.3.0.7', payloads)
    .replace('RTP/AVP', protocol)
    .replace(/\r\n$/, '\r\na=rtpmap:96 opus/48000/2\r\n');

describe('media of a call that comes in', () => {
  const receive = async (offer: string, behindNat = false) => {
    opened.length = 0;
    await all.receive({ callSid: 'CA1', offer, behindNat });
    return opened[0] ?? 'direct';
  };

  it.each([
    ['0 8 101', 'direct'],
    ['8 0 101', 'direct'],
    ['96 0 101', 'direct'],
    ['8 101', 'relay'],
    ['8 9 101', 'relay'],
    ['9 101', 'rtpengine'],
    ['96', 'rtpengine'],
  ])('with the offer %s goes the way %s: the least that it needs', async (payloads, way) => {
    expect(await receive(offering(payloads))).toBe(way);
  });

  it('passes the relay where the caller is behind a NAT, and rtpengine where it is encrypted', async () => {
    expect(await receive(offering('0 101'), true)).toBe('relay');
    expect(await receive(offering('0 101', 'RTP/SAVP'))).toBe('rtpengine');
  });

  it('is refused where nobody can convert it, and the error says what is missing', async () => {
    const refused = (payloads: string) =>
      chosenMedia({}).receive({ callSid: 'CA1', offer: offering(payloads) });
    await expect(refused('9')).rejects.toThrow('rtpengine');
    await expect(refused('8')).rejects.toThrow(ConversionMissing);
  });
});

describe('media', () => {
  it.each([
    [['PCMU'], 'direct'],
    [['PCMU', 'PCMA'], 'direct'],
    [['PCMU', 'G729'], 'direct'],
    [['PCMA'], 'relay'],
    [['PCMA', 'PCMU'], 'relay'],
    [['G722', 'PCMU'], 'rtpengine'],
    [['PCMA', 'OPUS'], 'rtpengine'],
    [['OPUS'], 'rtpengine'],
  ] as [Codec[], string][])('of a target that is offered %j goes the way %s', async (codecs, way) => {
    expect(await planeOf(codecs)).toBe(way);
  });

  it('passes the relay where keys are waited for', async () => {
    expect(await planeOf(['PCMU', 'PCMA'], { hearKeys: true })).toBe('relay');
  });

  it.each([
    [['PCMU', 'PCMA'], 'relay'],
    [['PCMU', 'OPUS'], 'rtpengine'],
  ] as [Codec[], string][])(
    'of a target behind a NAT that is offered %j passes the %s',
    async (codecs, way) => {
      expect(await planeOf(codecs, { behindNat: true })).toBe(way);
    },
  );

  it('flows past the edge even with a NAT where nobody could take it', async () => {
    const path = await chosenMedia({}).open(request(['PCMU', 'PCMA'], { behindNat: true }));
    expect(path.offer).toContain('10.0.0.9');
  });

  it('passes rtpengine where it is to be encrypted', async () => {
    expect(await planeOf(['PCMU'], { srtp: true })).toBe('rtpengine');
  });

  it.each([
    [{ codecs: ['OPUS', 'PCMU'] }, 'The codec list OPUS, PCMU (OPUS)', 'configure rtpengine'],
    [{ codecs: ['PCMA', 'G729'] }, '(G729)', 'configure rtpengine'],
    [{ codecs: ['PCMA'] }, '(PCMA)', 'configure the media relay'],
    [{ codecs: ['PCMU'], srtp: true }, 'SRTP', 'Configure rtpengine'],
  ] as [Partial<MediaRequest> & { codecs: Codec[] }, string, string][])(
    'for %j is refused where nobody can convert, and the error says what to do',
    async ({ codecs, ...more }, what, remedy) => {
      const refused = chosenMedia({}).open(request(codecs, more));
      await expect(refused).rejects.toThrow(ConversionMissing);
      await expect(refused).rejects.toThrow(what);
      await expect(refused).rejects.toThrow(remedy);
    },
  );

  it('goes on after a restart the way it went', () => {
    opened.length = 0;
    all.restore({ plane: 'relay' }, ['PCMA']);
    all.restore({ plane: 'rtpengine' }, ['PCMA']);
    all.restore(undefined, ['PCMU']);
    expect(opened).toEqual(['relay again', 'rtpengine again']);
  });
});
