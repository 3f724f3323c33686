import type { Codec } from '../../../core/sip-target.ts';
import type { Side } from '../../media-plane.ts';
import type { Bencoded } from './bencode.ts';

/** As rtpengine calls them. */
const NAMES: Readonly<Record<Codec, string>> = {
  PCMU: 'PCMU',
  PCMA: 'PCMA',
  G722: 'G722',
  G729: 'G729',
  OPUS: 'opus',
};
const KEYS = 'telephone-event';

/** Those that do not encrypt at all, and those that nobody speaks. */
const SUITES_LEFT_OUT = [
  'NULL_HMAC_SHA1_80',
  'NULL_HMAC_SHA1_32',
  'F8_128_HMAC_SHA1_80',
  'F8_128_HMAC_SHA1_32',
];

/** In every offer and answer: no ICE, no DTLS, RTP and RTCP apart, all addresses the engine's own. */
export const PLAIN: Readonly<Record<string, Bencoded>> = {
  ICE: 'remove',
  DTLS: 'off',
  'rtcp-mux': ['demux'],
  replace: ['origin', 'session connection', 'zero address'],
  SDES: SUITES_LEFT_OUT.map(suite => `no-${suite}`),
};

/**
 * What the side that an offer goes to is offered. `mask` takes all that was offered away and yet accepts it, so that the offering
 * side need not know; `transcode` puts exactly these in its place.
 */
export function offerFlags(
  to: Side,
  codecs: readonly Codec[],
  srtp: boolean,
): Readonly<Record<string, Bencoded>> {
  const names = to === 'inside' ? [NAMES.PCMU] : codecs.map(codec => NAMES[codec]);
  return {
    ...PLAIN,
    'transport protocol': to === 'outside' && srtp ? 'RTP/SAVP' : 'RTP/AVP',
    codec: { mask: ['all'], transcode: [...names, KEYS] },
  };
}
