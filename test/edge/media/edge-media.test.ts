import { describe, expect, it } from 'vitest';
import { edgeMedia, engineAddress } from '../../../edge/media/edge-media.ts';
import { ConversionMissing, MediaUnavailable } from '../../../edge/media-plane.ts';
import { systemClock } from '../../../sip/clock.ts';
import { CONNECTOR_SDP } from '../support/edge-stage.ts';
import { ALLOWED_HERE } from './support/rtp-end.ts';

const outside = { targets: ALLOWED_HERE, clock: systemClock, random: Math.random };
const request = { callSid: 'CA1', inside: CONNECTOR_SDP, address: '10.1.0.1' };

describe('the media of an edge', () => {
  it('is what it was given: nothing, a relay, an engine', async () => {
    const ports = { least: 48_902, most: 48_920 };
    const none = edgeMedia(outside);
    const both = edgeMedia({
      ...outside,
      relay: { address: '127.0.0.1', ports },
      rtpengine: { address: '127.0.0.1:9' },
    });
    await expect(none.open({ ...request, codecs: ['PCMA'] })).rejects.toThrow(ConversionMissing);
    const path = await both.open({ ...request, codecs: ['PCMA'] });
    expect(path.offer).toContain('RTP/AVP 8 101');
    path.close();
    await expect(both.open({ ...request, codecs: ['G722'] })).rejects.toThrow(MediaUnavailable);
  });

  it.each([
    ['127.0.0.1:22222', '127.0.0.1', 22_222],
    ['udp://rtpengine.internal:2223', 'rtpengine.internal', 2_223],
    ['udp:[2001:db8::1]:2223', '2001:db8::1', 2_223],
  ])('finds the engine at %s', (text, host, port) => {
    expect(engineAddress(text)).toEqual({ host, port });
  });

  it.each(['', 'localhost', 'http://a:1', 'a:99999', 'a:0', 'a:b'])('knows no engine at "%s"', text => {
    expect(() => engineAddress(text)).toThrow(TypeError);
  });
});
