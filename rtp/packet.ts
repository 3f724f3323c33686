/** One RTP packet (RFC 3550 §5.1). */
export interface RtpPacket {
  payloadType: number;
  /** Set on the first packet after silence, or of a telephone event (RFC 3551 §4.1, RFC 4733 §2.1). */
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
  payload: Uint8Array;
}

const VERSION = 2;
const HEADER_BYTES = 12;

/** Undefined for bytes that are no RTP, as a STUN or RTCP message would be. */
export function parseRtp(bytes: Buffer): RtpPacket | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const [first, second] = bytes as unknown as [number, number];
  if (first >> 6 !== VERSION) return undefined;
  const hasPadding = (first & 0x20) !== 0;
  const hasExtension = (first & 0x10) !== 0;
  let start = HEADER_BYTES + (first & 0x0f) * 4;
  if (hasExtension) {
    if (start + 4 > bytes.length) return undefined;
    start += 4 + bytes.readUInt16BE(start + 2) * 4;
  }
  const padding = hasPadding ? (bytes[bytes.length - 1] as number) : 0;
  const end = bytes.length - padding;
  if (start > end) return undefined;
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequence: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    ssrc: bytes.readUInt32BE(8),
    payload: bytes.subarray(start, end),
  };
}

export function writeRtp(packet: RtpPacket): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + packet.payload.length);
  bytes[0] = VERSION << 6;
  bytes[1] = (packet.marker ? 0x80 : 0) | packet.payloadType;
  bytes.writeUInt16BE(packet.sequence, 2);
  bytes.writeUInt32BE(packet.timestamp, 4);
  bytes.writeUInt32BE(packet.ssrc, 8);
  bytes.set(packet.payload, HEADER_BYTES);
  return bytes;
}

/** From one sequence number or timestamp to another, the short way round: −2^(bits−1) … 2^(bits−1)−1. */
export const distance16 = (from: number, to: number): number => ((to - from) << 16) >> 16;
export const distance32 = (from: number, to: number): number => (to - from) | 0;

export const plus16 = (number: number, more: number): number => (number + more) & 0xffff;
export const plus32 = (number: number, more: number): number => (number + more) >>> 0;
