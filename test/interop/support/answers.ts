/** What telephones answer to an offer of rtpengine's, and what they say. */
import type { Codec } from '../../../core/sip-target.ts';
import type { RtpEnd } from '../../edge/media/support/rtp-end.ts';

/** 20 ms of each codec: its payload type in the answer, what a packet holds, and how far the clock goes. */
export const SPOKEN: Readonly<
  Record<Codec, { payload: number; map: string; bytes: Uint8Array; duration: number }>
> = {
  PCMU: { payload: 0, map: 'PCMU/8000', bytes: new Uint8Array(160).fill(0x55), duration: 160 },
  PCMA: { payload: 8, map: 'PCMA/8000', bytes: new Uint8Array(160).fill(0x55), duration: 160 },
  G722: { payload: 9, map: 'G722/8000', bytes: new Uint8Array(160).fill(0x55), duration: 160 },
  G729: { payload: 18, map: 'G729/8000', bytes: new Uint8Array(20).fill(0x55), duration: 160 },
  // RFC 6716 §3.1: one CELT frame of 20 ms, silent.
  OPUS: { payload: 96, map: 'opus/48000/2', bytes: Uint8Array.of(0xf8, 0xff, 0xfe), duration: 960 },
};
/** As telephones do it: keys have the clock of the audio (RFC 4733 §2.1), which the engine insists on. */
export function answerOf(target: RtpEnd, codec: Codec, lines: string[] = []): string {
  const { payload, map } = SPOKEN[codec];
  const rtpmap = `a=rtpmap:${payload} ${map}`;
  if (codec !== 'OPUS') return target.sdp(`${payload} 101`, { lines: [rtpmap, ...lines] });
  return target.sdp(`${payload} 97`, { lines: [rtpmap, 'a=rtpmap:97 telephone-event/48000', ...lines] });
}

/** The answer of a target that takes AES_CM_128_HMAC_SHA1_80. */
export function encrypted(target: RtpEnd, offer: string, key: string): string {
  const tag = /^a=crypto:(\d+) AES_CM_128_HMAC_SHA1_80 /m.exec(offer)?.[1];
  return target
    .sdp('0 101', { lines: [`a=crypto:${tag} AES_CM_128_HMAC_SHA1_80 inline:${key}`] })
    .replace('RTP/AVP', 'RTP/SAVP');
}

/** A place that nothing comes from, and nothing arrives at. */
export const ELSEWHERE = { address: '192.168.7.7', port: 4_000 };
/** The same description of a telephone that knows nothing of its NAT. */
export const behindNat = (sdp: string): string =>
  sdp
    .replace(/^c=.*$/m, `c=IN IP4 ${ELSEWHERE.address}\r`)
    .replace(/^m=audio \d+/m, `m=audio ${ELSEWHERE.port}`);
