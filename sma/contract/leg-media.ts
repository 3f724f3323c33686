/** What our runtime measures of one leg's sound, from its first packet to its end. A packet holds 20 ms. Amazon's service tells nothing of it. */
export interface LegMedia {
  /** RTP packets received and sent, telephone events among them. */
  packetsIn: number;
  packetsOut: number;
  /** Those that carried telephone events (RFC 4733). */
  digitPacketsIn: number;
  digitPacketsOut: number;
  /** Packets that the sequence numbers tell of and that never came (RFC 3550 App. A.3). */
  packetsLost: number;
  /** Packets that came too late for any jitter buffer. */
  packetsLate: number;
  /** Interarrival jitter (RFC 3550 §6.4.1): its least value once it had settled, and its greatest. */
  jitterMinMs: number;
  jitterMaxMs: number;
  /** Packets that a jitter buffer had to hold at the worst moment to lose none of those that were not late. */
  largestJitterBufferPackets: number;
  /** Mean time between packets of sound; 0 while there are fewer than two. */
  averagePacketMs: number;
  /** To the peer and back, by its RTCP (RFC 3550 §6.4.1); undefined where it sends none. */
  roundTripMs?: number | undefined;
  /** Estimated mean opinion score of what was received, 1 … 4.41; see `rtp/e-model.ts`. */
  mos: number;
  /** Packets came before the call was answered. */
  earlyMedia: boolean;
}
