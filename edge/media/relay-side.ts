import type { Socket } from 'node:dgram';
import type { MediaFigures } from '../../core/media-figures.ts';
import { opinionScore } from '../../rtp/e-model.ts';
import { A_TO_MU, convertInPlace, MU_TO_A, PACKET_MS } from '../../rtp/g711.ts';
import { KeyReceiver } from '../../rtp/key-receiver.ts';
import { parseRtp, type RtpPacket } from '../../rtp/packet.ts';
import type { PortPair } from '../../rtp/ports.ts';
import { Reception } from '../../rtp/reception.ts';
import { sendPacket } from '../../rtp/send-packet.ts';
import type { AudioDescription, Kind, KnownFormat } from './audio-description.ts';
import { isSame, Latch, type MayReach, type Place } from './latch.ts';

/** What is written down of a side. */
export interface RelaySideSnapshot {
  readonly port: number;
  readonly sessionId: number;
  readonly local: readonly (readonly [payload: number, kind: Kind])[];
  readonly remote: AudioDescription | undefined;
}

/** A packet of one side, as the other one needs it. */
export interface Passing {
  /** The whole packet; it may be written on. */
  readonly bytes: Buffer;
  /** Its payload, within `bytes`. */
  readonly packet: RtpPacket;
  readonly kind: Kind;
}

const RTCP_VERSION = 2;
const RTCP_LEAST_BYTES = 8;

/** The relay's face to one side: its ports there, what was said there, and what was measured. */
export class RelaySide {
  onPacket: (passing: Passing) => void = () => {};
  onRtcp: (bytes: Buffer) => void = () => {};
  onDigit: (digit: string) => void = () => {};
  readonly port: number;
  readonly sessionId: number;
  readonly #now: () => number;
  /** What each payload type that this side may use means; those of earlier descriptions still hold on their way. */
  readonly #local: Map<number, Kind>;
  #remote: AudioDescription | undefined;
  #sockets: PortPair | undefined;
  #closed = false;
  readonly #mayReach: MayReach;
  readonly #latch: Latch;
  #rtcpPlace: Place | undefined;
  readonly #reception = new Reception();
  readonly #keys = new KeyReceiver();
  #ssrc: number | undefined;
  #sent = 0;
  #keysReceived = 0;
  #keysSent = 0;

  constructor(
    from: Pick<RelaySideSnapshot, 'port' | 'sessionId'> & Partial<RelaySideSnapshot>,
    { now, mayReach }: { readonly now: () => number; readonly mayReach: MayReach },
  ) {
    this.port = from.port;
    this.sessionId = from.sessionId;
    this.#now = now;
    this.#mayReach = mayReach;
    this.#latch = new Latch(mayReach);
    this.#local = new Map(from.local);
    if (from.remote) this.remote = from.remote;
  }

  /** What this side said last and the other one agreed to. */
  get remote(): AudioDescription | undefined {
    return this.#remote;
  }

  set remote(remote: AudioDescription) {
    const before = this.#remote?.rtcp;
    this.#remote = remote;
    const { rtp, rtcp } = remote;
    // Held by an address of nowhere: it is still where it was.
    if (rtp === undefined) return;
    this.#latch.describe(rtp);
    if (!isSame(before, rtcp)) this.#rtcpPlace = rtcp && this.#mayReach(rtcp.address) ? rtcp : undefined;
  }

  /** It is told that it may use these. */
  expect(formats: readonly KnownFormat[]): void {
    for (const { payload, kind } of formats) this.#local.set(payload, kind);
  }

  /** Begins to listen. */
  attach(sockets: PortPair): void {
    if (this.#closed) {
      closeBoth(sockets);
      return;
    }
    this.#sockets = sockets;
    sockets.rtp.on('message', (bytes, from) => this.#receive(bytes, from));
    sockets.rtcp.on('message', (bytes, from) => this.#receiveRtcp(bytes, from));
  }

  /** Sends a packet of the other side on, as this side has asked for it. */
  send({ bytes, packet, kind }: Passing): void {
    const remote = this.#remote;
    if (remote === undefined || remote.refused || !remote.hears) return;
    const format = remote.formats.find(known => (known.kind === 'keys') === (kind === 'keys'));
    if (format === undefined) return;
    if (format.kind !== kind) convertInPlace(packet.payload, format.kind === 'PCMA' ? MU_TO_A : A_TO_MU);
    bytes[1] = (packet.marker ? 0x80 : 0) | format.payload;
    if (!this.#sendTo(this.#sockets?.rtp, bytes, this.#latch.place)) return;
    this.#sent++;
    if (kind === 'keys') this.#keysSent++;
  }

  /** Both streams keep their SSRC, numbers and lengths, so that what is reported of one holds for the other (RFC 3550 §7.2). */
  sendRtcp(bytes: Buffer): void {
    this.#sendTo(this.#sockets?.rtcp, bytes, this.#rtcpPlace);
  }

  get figures(): MediaFigures {
    const { received, expected, lost, late, ...measured } = this.#reception.report;
    const delayMs = (1 + measured.largestJitterBufferPackets) * PACKET_MS;
    return {
      packetsReceived: received,
      packetsSent: this.#sent,
      keyPacketsReceived: this.#keysReceived,
      keyPacketsSent: this.#keysSent,
      packetsLost: lost,
      packetsLate: late,
      ...measured,
      ...(expected > 0 && { mos: opinionScore({ delayMs, lossPercent: (100 * (lost + late)) / expected }) }),
    };
  }

  snapshot(): RelaySideSnapshot {
    return {
      port: this.port,
      sessionId: this.sessionId,
      local: [...this.#local],
      remote: this.#remote,
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#sockets) closeBoth(this.#sockets);
  }

  #receive(bytes: Buffer, from: Place): void {
    const packet = parseRtp(bytes);
    const kind = packet && this.#local.get(packet.payloadType);
    if (this.#closed || packet === undefined || kind === undefined) return;
    const nowMs = this.#now();
    if (!this.#latch.accepts(from, packet, nowMs)) return;
    if (packet.ssrc !== this.#ssrc) this.#keys.reset();
    this.#ssrc = packet.ssrc;
    this.#reception.receive(packet, nowMs, kind !== 'keys');
    if (kind === 'keys') this.#keysReceived++;
    const digit = kind === 'keys' ? this.#keys.receive(packet) : undefined;
    this.onPacket({ bytes, packet, kind });
    if (digit !== undefined) this.onDigit(digit);
  }

  /** RTCP has no numbers that would prove anything: it is believed from where RTP comes from. */
  #receiveRtcp(bytes: Buffer, from: Place): void {
    const isRtcp = bytes.length >= RTCP_LEAST_BYTES && (bytes[0] as number) >> 6 === RTCP_VERSION;
    if (this.#closed || !isRtcp || from.address !== this.#latch.place?.address) return;
    this.#rtcpPlace = { address: from.address, port: from.port };
    this.onRtcp(bytes);
  }

  #sendTo(socket: Socket | undefined, bytes: Buffer, place: Place | undefined): boolean {
    if (this.#closed || socket === undefined || place === undefined) return false;
    return sendPacket(socket, bytes, place);
  }
}

function closeBoth({ rtp, rtcp }: PortPair): void {
  rtp.close();
  rtcp.close();
}
