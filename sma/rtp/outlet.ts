import { distance16, plus16, plus32, type RtpPacket } from '../../rtp/packet.ts';

/** Numbers the packets of one outgoing stream, whether they are made here or passed on, as one source (RFC 3550 §5.1). */
export class Outlet {
  readonly ssrc: number;
  #sequence: number;
  /** How a passed-on source's numbers become ours. */
  #passing: { ssrc: number; sequenceShift: number; timestampShift: number } | undefined;

  constructor(random: () => number) {
    this.ssrc = Math.floor(random() * 2 ** 32);
    this.#sequence = Math.floor(random() * 2 ** 15);
  }

  own(packet: Pick<RtpPacket, 'payloadType' | 'marker' | 'timestamp' | 'payload'>): RtpPacket {
    this.#passing = undefined;
    this.#sequence = plus16(this.#sequence, 1);
    return { ...packet, sequence: this.#sequence, ssrc: this.ssrc };
  }

  /** A packet of another stream: gaps and their order stay, so that whoever hears it knows what was lost on the way. */
  passOn(packet: RtpPacket, payloadType: number, timestamp: number): RtpPacket {
    let passing = this.#passing;
    const isNew = passing?.ssrc !== packet.ssrc;
    if (passing === undefined || isNew) {
      passing = {
        ssrc: packet.ssrc,
        sequenceShift: plus16(this.#sequence, 1) - packet.sequence,
        timestampShift: timestamp - packet.timestamp,
      };
      this.#passing = passing;
    }
    const sequence = plus16(packet.sequence, passing.sequenceShift);
    if (distance16(this.#sequence, sequence) > 0) this.#sequence = sequence;
    return {
      payloadType,
      marker: packet.marker || isNew,
      sequence,
      timestamp: plus32(packet.timestamp, passing.timestampShift),
      ssrc: this.ssrc,
      payload: packet.payload,
    };
  }
}
