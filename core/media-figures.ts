/** What is measured of a leg's sound: by whoever its media passes, or ends at. */
import type { SmaEvent } from '../sma/contract/event.ts';

/** The packets that came from a leg, and went to it. What is missing was not measured. */
export interface MediaFigures {
  /** RTP packets that came from it, telephone events among them. */
  packetsReceived: number;
  packetsSent?: number;
  /** Those of them that carried telephone events (RFC 4733). */
  keyPacketsReceived?: number;
  keyPacketsSent?: number;
  /** Of those that should have come from it, by their sequence numbers. */
  packetsLost?: number;
  /** They came too late for any jitter buffer. */
  packetsLate?: number;
  /** Mean time between packets of sound. */
  averagePacketMs?: number;
  /** Interarrival jitter (RFC 3550 §6.4.1): the latest, its least value once it had settled, and its greatest. */
  jitterMs?: number;
  jitterMinMs?: number;
  jitterMaxMs?: number;
  /** What a jitter buffer had to hold at the worst moment. */
  largestJitterBufferPackets?: number;
  /** Estimated mean opinion score of what came from it, 1 … 4.41. */
  mos?: number;
}

/** What our own runtime has measured of the leg whose end it tells; undefined from Amazon's service, and for a leg without sound. */
export function mediaFigures({ ActionData }: SmaEvent): MediaFigures | undefined {
  const media = ActionData?.LegMedia;
  if (media === undefined) return undefined;
  return {
    packetsReceived: media.packetsIn,
    packetsSent: media.packetsOut,
    keyPacketsReceived: media.digitPacketsIn,
    keyPacketsSent: media.digitPacketsOut,
    packetsLost: media.packetsLost,
    packetsLate: media.packetsLate,
    averagePacketMs: media.averagePacketMs,
    jitterMinMs: media.jitterMinMs,
    jitterMaxMs: media.jitterMaxMs,
    largestJitterBufferPackets: media.largestJitterBufferPackets,
    ...(media.packetsIn > 0 && { mos: media.mos }),
  };
}
