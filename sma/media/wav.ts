/** What the service plays: PCM in a RIFF/WAVE container (reference §7.6; decision E30). */

export interface WavFacts {
  durationMs: number;
  sampleRate: number;
  channels: number;
}

const PCM = 1;
/** WAVE_FORMAT_EXTENSIBLE: the real format is the first half of the sub-format GUID, 24 bytes into the chunk. */
const EXTENSIBLE = 0xfffe;
const CHUNK_HEADER_BYTES = 8;

/** The facts of a WAV file, or undefined when the bytes are none, or hold something else than PCM. */
export function readWav(bytes: Uint8Array): WavFacts | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 12 || name(view, 0) !== 'RIFF' || name(view, 8) !== 'WAVE') return undefined;
  let format: { sampleRate: number; channels: number; bytesPerSecond: number } | undefined;
  for (let at = 12; at + CHUNK_HEADER_BYTES <= bytes.byteLength; ) {
    const size = view.getUint32(at + 4, true);
    const body = at + CHUNK_HEADER_BYTES;
    if (name(view, at) === 'fmt ') {
      if (size < 16 || body + size > bytes.byteLength) return undefined;
      const tag = view.getUint16(body, true);
      const isPcm =
        tag === PCM || (tag === EXTENSIBLE && size >= 40 && view.getUint16(body + 24, true) === PCM);
      if (!isPcm) return undefined;
      format = {
        channels: view.getUint16(body + 2, true),
        sampleRate: view.getUint32(body + 4, true),
        bytesPerSecond: view.getUint32(body + 8, true),
      };
      if (format.bytesPerSecond === 0) return undefined;
    }
    if (name(view, at) === 'data') {
      if (format === undefined) return undefined;
      // A writer that streams leaves the size open (0 or 2³²−1); what is there is what counts.
      const heard = Math.min(size === 0 ? Number.POSITIVE_INFINITY : size, bytes.byteLength - body);
      const { sampleRate, channels, bytesPerSecond } = format;
      return { sampleRate, channels, durationMs: Math.round((heard / bytesPerSecond) * 1_000) };
    }
    at = body + size + (size % 2);
  }
  return undefined;
}

const name = (view: DataView, at: number): string =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
