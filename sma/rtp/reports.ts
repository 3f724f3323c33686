import type { Reception } from '../../rtp/reception.ts';
import { ntpMiddle, parseReports, type SenderInfo, writeReport } from '../../rtp/rtcp.ts';
import type { Clock, Timer } from '../clock.ts';
import type { RtpSocket } from './rtp-socket.ts';

/** RFC 3550 §6.2: the least interval between two reports. */
const INTERVAL_MS = 5_000;
const NTP_UNITS_IN_MS = 65.536;
const CNAME = 'voice-connector';

export interface ReportsParts {
  socket: RtpSocket;
  clock: Clock;
  ssrc: number;
  reception: Reception;
  /** What was sent until now. */
  sender: () => SenderInfo | undefined;
}

/** Tells the peer every 5 s what was sent and received, and learns from its reports how long a packet is on its way (RFC 3550 §6). */
export class Reports {
  readonly #parts: ReportsParts;
  #timer: Timer | undefined;
  #latest: { ssrc: number; ntpMiddle: number; cameMs: number } | undefined;
  #roundTripMs: number | undefined;

  constructor(parts: ReportsParts) {
    this.#parts = parts;
    parts.socket.onBytes = (bytes, arrivalMs) => this.#receive(bytes, arrivalMs);
  }

  /** The latest that was measured; undefined until the peer has told of a report of ours. */
  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  start(): void {
    this.#timer ??= this.#parts.clock.after(INTERVAL_MS, () => this.#send());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#parts.socket.close();
  }

  #send(): void {
    const { clock, socket, ssrc, sender, reception } = this.#parts;
    const block = reception.block();
    const latest = this.#latest?.ssrc === block?.ssrc ? this.#latest : undefined;
    const seen = {
      lastReport: latest?.ntpMiddle ?? 0,
      sinceLastReport: latest === undefined ? 0 : (clock.now() - latest.cameMs) * NTP_UNITS_IN_MS,
    };
    socket.send(writeReport(ssrc, sender(), block && { ...block, ...seen }, CNAME));
    this.#timer = clock.after(INTERVAL_MS, () => this.#send());
  }

  #receive(bytes: Buffer, arrivalMs: number): void {
    for (const report of parseReports(bytes)) {
      if (report.ntpMiddle !== undefined) {
        this.#latest = { ssrc: report.ssrc, ntpMiddle: report.ntpMiddle, cameMs: arrivalMs };
      }
      const ours = report.blocks.find(({ ssrc }) => ssrc === this.#parts.ssrc);
      if (ours === undefined || ours.lastReport === 0) continue;
      const units = (ntpMiddle(arrivalMs) - ours.lastReport - ours.sinceLastReport) | 0;
      this.#roundTripMs = Math.max(0, units / NTP_UNITS_IN_MS);
    }
  }
}
