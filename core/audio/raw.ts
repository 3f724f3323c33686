import { TELEPHONY_RATE_HZ } from './limits.ts';
import type { SampleEncoding } from './sample-encodings.ts';
import { type AudioFormat, soundOf } from './sound.ts';

/** Headerless G.711 at 8 kHz mono (RFC 2046 §4.3, RFC 3551 §4.5.14): only the content type can tell it. */
function rawG711(name: string, encoding: SampleEncoding, contentTypes: readonly string[]): AudioFormat {
  return {
    name,
    recognises: (bytes, contentType) => contentTypes.includes(contentType) && !looksLikeText(bytes),
    open: bytes => soundOf(bytes, { format: name, rateHz: TELEPHONY_RATE_HZ, channels: 1, encoding }),
  };
}

/** Raw µ-law. */
export const rawMuLaw = rawG711('µ-law', 'muLaw', [
  'audio/basic',
  'audio/ulaw',
  'audio/x-ulaw',
  'audio/mulaw',
  'audio/x-mulaw',
  'audio/pcmu',
]);

/** Raw A-law. */
export const rawALaw = rawG711('A-law', 'aLaw', ['audio/alaw', 'audio/x-alaw', 'audio/pcma']);

/** An error page under an audio type would be played as noise. */
function looksLikeText(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 64).every(byte => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d));
}
