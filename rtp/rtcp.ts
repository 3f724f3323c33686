/** RTCP sender and receiver reports (RFC 3550 §6.4), each in a compound packet with its CNAME (§6.1). */

/** What somebody received of one source (§6.4.1). */
export interface ReportBlock {
  ssrc: number;
  /** Since the report before, in 256ths. */
  fractionLost: number;
  /** Cumulative; negative where packets came twice. */
  lost: number;
  /** Highest sequence number, with the count of its cycles. */
  highestSequence: number;
  /** In timestamp units. */
  jitter: number;
  /** The middle of the NTP time in the source's latest sender report, and 65,536ths of a second since it came; 0 without one. */
  lastReport: number;
  sinceLastReport: number;
}

/** What a source says of itself. */
export interface SenderInfo {
  /** Epoch milliseconds; RTCP has them as NTP time. */
  sentMs: number;
  /** RTP timestamp of that moment. */
  timestamp: number;
  packets: number;
  octets: number;
}

export interface Report {
  ssrc: number;
  /** Of a sender report: the middle 32 bits of its NTP time. */
  ntpMiddle?: number | undefined;
  blocks: ReportBlock[];
}

const VERSION = 2;
const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const DESCRIPTION = 202;
const CNAME = 1;
const HEADER_BYTES = 8;
const SENDER_BYTES = 20;
const BLOCK_BYTES = 24;
/** From 1900, where NTP begins, to 1970. */
const NTP_EPOCH_SECONDS = 2_208_988_800;
const FRACTIONS = 2 ** 32;

/** The middle 32 bits of a moment's NTP time (§4): 65,536ths of a second, wrapping. */
export const ntpMiddle = (ms: number): number => Math.floor(ntpSeconds(ms) * 65_536) % FRACTIONS;

/** A sender report, or a receiver report for one that has sent nothing. */
export function writeReport(
  ssrc: number,
  sender: SenderInfo | undefined,
  block: ReportBlock | undefined,
  cname: string,
): Buffer {
  const blocks = block === undefined ? 0 : 1;
  const size = HEADER_BYTES + (sender ? SENDER_BYTES : 0) + blocks * BLOCK_BYTES;
  const bytes = Buffer.alloc(size);
  writeHeader(bytes, blocks, sender ? SENDER_REPORT : RECEIVER_REPORT);
  bytes.writeUInt32BE(ssrc, 4);
  if (sender !== undefined) writeSender(bytes.subarray(HEADER_BYTES), sender);
  if (block !== undefined) writeBlock(bytes.subarray(size - BLOCK_BYTES), block);
  return Buffer.concat([bytes, description(ssrc, cname)]);
}

/** The reports of a compound packet; none for bytes that are no RTCP. */
export function parseReports(bytes: Buffer): Report[] {
  const reports: Report[] = [];
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const first = bytes.readUInt8(at);
    const type = bytes.readUInt8(at + 1);
    const end = at + (bytes.readUInt16BE(at + 2) + 1) * 4;
    if (first >> 6 !== VERSION || end > bytes.length) return reports;
    if (type === SENDER_REPORT || type === RECEIVER_REPORT) {
      const report = parseReport(bytes.subarray(at, end), first & 0x1f, type === SENDER_REPORT);
      if (report !== undefined) reports.push(report);
    }
    at = end;
  }
  return reports;
}

function parseReport(bytes: Buffer, count: number, isSender: boolean): Report | undefined {
  const start = HEADER_BYTES + (isSender ? SENDER_BYTES : 0);
  if (start + count * BLOCK_BYTES > bytes.length) return undefined;
  const blocks = Array.from({ length: count }, (_, index) =>
    readBlock(bytes.subarray(start + index * BLOCK_BYTES)),
  );
  return {
    ssrc: bytes.readUInt32BE(4),
    ...(isSender && { ntpMiddle: bytes.readUInt32BE(HEADER_BYTES + 2) }),
    blocks,
  };
}

function writeHeader(bytes: Buffer, count: number, type: number): void {
  bytes[0] = (VERSION << 6) | count;
  bytes[1] = type;
  bytes.writeUInt16BE(bytes.length / 4 - 1, 2);
}

function writeSender(bytes: Buffer, { sentMs, timestamp, packets, octets }: SenderInfo): void {
  const seconds = ntpSeconds(sentMs);
  bytes.writeUInt32BE(Math.floor(seconds) % FRACTIONS, 0);
  bytes.writeUInt32BE(Math.floor((seconds % 1) * FRACTIONS), 4);
  bytes.writeUInt32BE(timestamp, 8);
  bytes.writeUInt32BE(packets >>> 0, 12);
  bytes.writeUInt32BE(octets >>> 0, 16);
}

function writeBlock(bytes: Buffer, block: ReportBlock): void {
  bytes.writeUInt32BE(block.ssrc, 0);
  bytes.writeUInt8(block.fractionLost, 4);
  bytes.writeIntBE(Math.max(-0x80_0000, Math.min(0x7f_ffff, block.lost)), 5, 3);
  bytes.writeUInt32BE(block.highestSequence >>> 0, 8);
  bytes.writeUInt32BE(Math.round(block.jitter) >>> 0, 12);
  bytes.writeUInt32BE(block.lastReport, 16);
  bytes.writeUInt32BE(block.sinceLastReport >>> 0, 20);
}

function readBlock(bytes: Buffer): ReportBlock {
  return {
    ssrc: bytes.readUInt32BE(0),
    fractionLost: bytes.readUInt8(4),
    lost: bytes.readIntBE(5, 3),
    highestSequence: bytes.readUInt32BE(8),
    jitter: bytes.readUInt32BE(12),
    lastReport: bytes.readUInt32BE(16),
    sinceLastReport: bytes.readUInt32BE(20),
  };
}

/** SDES with one chunk: the CNAME, then zeros to the end of the word (§6.5). */
function description(ssrc: number, cname: string): Buffer {
  const name = Buffer.from(cname);
  const bytes = Buffer.alloc(HEADER_BYTES + Math.ceil((2 + name.length + 1) / 4) * 4);
  writeHeader(bytes, 1, DESCRIPTION);
  bytes.writeUInt32BE(ssrc, 4);
  bytes[8] = CNAME;
  bytes[9] = name.length;
  name.copy(bytes, 10);
  return bytes;
}

function ntpSeconds(ms: number): number {
  return ms / 1_000 + NTP_EPOCH_SECONDS;
}
