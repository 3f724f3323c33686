export interface WavSettings {
  sampleRate?: number;
  channels?: number;
  format?: number;
}

/** A WAV file of silence (16 bits), that many seconds long. */
export function wavOf(
  seconds: number,
  { sampleRate = 8_000, channels = 1, format = 1 }: WavSettings = {},
): Uint8Array {
  const bytesPerSecond = sampleRate * channels * 2;
  const dataBytes = Math.round(seconds * bytesPerSecond);
  const bytes = Buffer.alloc(44 + dataBytes);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + dataBytes, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(format, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(sampleRate, 24);
  bytes.writeUInt32LE(bytesPerSecond, 28);
  bytes.writeUInt16LE(channels * 2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(dataBytes, 40);
  return bytes;
}
