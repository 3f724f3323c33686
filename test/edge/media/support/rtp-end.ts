import { createSocket, type Socket } from 'node:dgram';
import { createAddressGuard } from '../../../../core/network/address-guard.ts';
import { parseRtp, type RtpPacket, writeRtp } from '../../../../rtp/packet.ts';
import { writeTelephoneEvent } from '../../../../rtp/telephone-event.ts';

const PACKET_BYTES = 160;

/** Where the relay is, or rtpengine; and ends of calls, if they do not say otherwise. */
const HERE = '127.0.0.1';
/** Of this machine as well, and what may not be reached. */
export const FORBIDDEN = '127.0.0.2';

/** Where media may be sent in tests: as in a deployment, and here. */
export const ALLOWED_HERE = createAddressGuard([`${HERE}/32`]);

/** One end of a call's media on loopback: sends what it is told to, and keeps what it hears. */
export class RtpEnd {
  readonly heard: RtpPacket[] = [];
  readonly rtcpHeard: Buffer[] = [];
  /** What came that was no RTP. */
  readonly othersHeard: Buffer[] = [];
  readonly port: number;
  sequence = 65_530;
  timestamp = 4_294_966_000;
  ssrc: number;
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #address: string;

  static async open(ssrc = 0x1234, address = HERE): Promise<RtpEnd> {
    const bind = (port: number) =>
      new Promise<Socket>((resolve, reject) => {
        const socket = createSocket('udp4');
        socket.once('error', reject);
        socket.bind(port, address, () => resolve(socket));
      });
    for (;;) {
      const rtp = await bind(0);
      const rtcp = await bind(rtp.address().port + 1).catch(() => undefined);
      if (rtcp) return new RtpEnd(rtp, rtcp, ssrc, address);
      rtp.close();
    }
  }

  private constructor(rtp: Socket, rtcp: Socket, ssrc: number, address: string) {
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    this.#address = address;
    this.ssrc = ssrc;
    this.port = rtp.address().port;
    rtp.on('message', bytes => {
      const packet = parseRtp(bytes);
      if (packet) this.heard.push(packet);
      else this.othersHeard.push(bytes);
    });
    rtcp.on('message', bytes => this.rtcpHeard.push(bytes));
  }

  /** Its description. Formats as `0 101`. */
  sdp(
    payloads: string,
    { address = this.#address, port = this.port, lines = [] as string[], keys = 101 } = {},
  ): string {
    return [
      'v=0',
      `o=- ${this.ssrc} 1 IN IP4 ${this.#address}`,
      's=-',
      `c=IN IP4 ${address}`,
      't=0 0',
      `m=audio ${port} RTP/AVP ${payloads}`,
      ...(payloads.split(' ').includes(String(keys))
        ? [`a=rtpmap:${keys} telephone-event/8000`, `a=fmtp:${keys} 0-15`]
        : []),
      'a=ptime:20',
      ...lines,
      '',
    ].join('\r\n');
  }

  /** Packets of these bytes, to where a description says. */
  say(sdp: string, payloadType: number, byte: number, packets = 1): void {
    for (let sent = 0; sent < packets; sent++)
      this.sendOne(sdp, payloadType, new Uint8Array(PACKET_BYTES).fill(byte));
  }

  /** One packet of any codec; it lasts so many units of its clock. */
  sendOne(sdp: string, payloadType: number, payload: Uint8Array, duration = PACKET_BYTES): void {
    this.#send(sdp, { payloadType, payload });
    this.timestamp = (this.timestamp + duration) >>> 0;
  }

  sendBytes(sdp: string, bytes: Uint8Array): void {
    this.#rtp.send(bytes, portOf(sdp), HERE);
  }

  /** A key, as telephones send it: down, and three times up. */
  press(sdp: string, payloadType: number, digit: string): void {
    for (const end of [false, true, true, true])
      this.#send(sdp, { payloadType, payload: writeTelephoneEvent(digit, end, 800) });
    this.timestamp = (this.timestamp + 800) >>> 0;
  }

  sayRtcp(sdp: string, bytes: Uint8Array): void {
    this.#rtcp.send(bytes, portOf(sdp) + 1, HERE);
  }

  close(): void {
    this.#rtp.close();
    this.#rtcp.close();
  }

  #send(sdp: string, packet: Pick<RtpPacket, 'payloadType' | 'payload'>): void {
    const { sequence, timestamp, ssrc } = this;
    this.#rtp.send(writeRtp({ ...packet, sequence, timestamp, ssrc, marker: false }), portOf(sdp), HERE);
    this.sequence = (sequence + 1) & 0xffff;
  }
}

export const portOf = (sdp: string): number => Number(/^m=audio (\d+)/m.exec(sdp)?.[1]);

/** Waits for it to become true, a second at most. */
export async function until(isTrue: () => boolean, ms = 1_000): Promise<void> {
  const end = Date.now() + ms;
  while (!isTrue() && Date.now() < end) await new Promise(resolve => setTimeout(resolve, 5));
}

/** Long enough for a packet on loopback to come, if it does. */
export const aMoment = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 60));
