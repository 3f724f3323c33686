/** A SIP phone of a test: a plain user agent, and a socket that sends and keeps RTP packets. It shares no code with the runtime's RTP. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import {
  createUserAgent,
  type IncomingInvitation,
  type InviteOptions,
  type OutgoingInvitation,
  type Session,
  tcp,
  type UserAgent,
  udp,
} from '../../../sip/user-agent.ts';

const HOST = '127.0.0.1';

export interface HeardPacket {
  atMs: number;
  payloadType: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
  payload: Buffer;
}

export interface SentPacket {
  payloadType?: number;
  marker?: boolean;
  sequence: number;
  timestamp: number;
  payload?: Uint8Array;
}

export class SipPhone {
  readonly agent: UserAgent;
  readonly heard: HeardPacket[] = [];
  readonly invitations: IncomingInvitation[] = [];
  /** Calls that it has accepted, those that are over included. */
  readonly taken: Session[] = [];
  /** What to do with a call; it is only kept when left out. */
  onCall: (invitation: IncomingInvitation) => void = () => {};
  /** Where the other side's description says it hears. */
  remotePort = 0;
  readonly ssrc = 0x1234_5678;
  readonly #rtp: Socket;
  #isClosed = false;

  private constructor(rtp: Socket) {
    this.#rtp = rtp;
    rtp.on('message', bytes =>
      this.heard.push({
        atMs: performance.now(),
        payloadType: bytes.readUInt8(1) & 0x7f,
        marker: bytes.readUInt8(1) > 0x7f,
        sequence: bytes.readUInt16BE(2),
        timestamp: bytes.readUInt32BE(4),
        ssrc: bytes.readUInt32BE(8),
        payload: bytes.subarray(12),
      }),
    );
    this.agent = createUserAgent({ transports: [udp({ address: HOST }), tcp({ address: HOST })] });
    this.agent.onInvite = invitation => {
      this.invitations.push(invitation);
      this.learn(invitation.sdp);
      this.onCall(invitation);
    };
  }

  static async open(): Promise<SipPhone> {
    const rtp = createSocket('udp4');
    rtp.bind(0, HOST);
    await once(rtp, 'listening');
    const phone = new SipPhone(rtp);
    await phone.agent.start();
    return phone;
  }

  get port(): number {
    return this.#portOf('UDP');
  }

  get tcpPort(): number {
    return this.#portOf('TCP');
  }

  get rtpPort(): number {
    return this.#rtp.address().port;
  }

  /** Sequence number and session of the description are always the same: tests look at neither. */
  sdp({ formats = '0 101', port = this.rtpPort, direction = 'sendrecv' } = {}): string {
    return [
      'v=0',
      `o=- 1 1 IN IP4 ${HOST}`,
      's=-',
      `c=IN IP4 ${HOST}`,
      't=0 0',
      `m=audio ${port} RTP/AVP ${formats}`,
      'a=rtpmap:101 telephone-event/8000',
      `a=${direction}`,
      '',
    ].join('\r\n');
  }

  learn(sdp: string | undefined): void {
    this.remotePort = Number(/m=audio (\d+)/.exec(sdp ?? '')?.[1] ?? 0);
  }

  call(uri: string, options: InviteOptions = {}): OutgoingInvitation {
    const invitation = this.agent.invite(uri, {
      sdp: this.sdp(),
      from: `sip:+12065550100@${HOST}`,
      ...options,
    });
    invitation.on('accepted', session => this.learn(session.remoteSdp));
    return invitation;
  }

  /** Picks up; what it is offered later is taken as well. */
  accept(
    invitation: IncomingInvitation,
    headers: Record<string, string> = {},
    described: { formats?: string } = {},
  ): Session {
    const session = invitation.accept({ sdp: this.sdp(described), headers });
    session.onOffer = offer => {
      this.learn(offer.sdp);
      offer.accept(this.sdp(described));
    };
    this.taken.push(session);
    return session;
  }

  /** Packets of sound that are not silence. */
  get sounds(): HeardPacket[] {
    return this.heard.filter(
      ({ payloadType, payload }) => payloadType === 0 && payload.some(byte => byte < 0xff),
    );
  }

  /** Its telephone events: which key, whether it is the end, how long. */
  get keys(): { event: number; end: boolean; duration: number; packet: HeardPacket }[] {
    return this.heard
      .filter(({ payloadType }) => payloadType === 101)
      .map(packet => {
        const [event = 0, flags = 0] = packet.payload;
        return { event, end: flags > 0x7f, duration: packet.payload.readUInt16BE(2), packet };
      });
  }

  send({ payloadType = 0, marker = false, sequence, timestamp, payload = tone }: SentPacket): void {
    const head = Buffer.alloc(12);
    head[0] = 0x80;
    head[1] = payloadType | (marker ? 0x80 : 0);
    head.writeUInt16BE(sequence & 0xffff, 2);
    head.writeUInt32BE(timestamp >>> 0, 4);
    head.writeUInt32BE(this.ssrc, 8);
    this.#rtp.send(Buffer.concat([head, payload]), this.remotePort, HOST);
  }

  /** A telephone event as phones send it: three packets while the key is down, three of its end (RFC 4733). */
  press(digit: string, sequence: number, timestamp: number): void {
    const event = '0123456789*#ABCD'.indexOf(digit);
    for (let at = 0; at < 6; at++) {
      const end = at >= 3;
      const duration = 160 * Math.min(at + 1, 4);
      const payload = Uint8Array.of(event, end ? 0x8a : 0x0a, duration >> 8, duration & 0xff);
      this.send({ payloadType: 101, marker: at === 0, sequence: sequence + at, timestamp, payload });
    }
  }

  async close(): Promise<void> {
    for (const session of this.agent.sessions) if (session.dialog.state === 'confirmed') session.bye();
    await this.agent.close();
    if (!this.#isClosed) this.#rtp.close();
    this.#isClosed = true;
  }

  #portOf(protocol: string): number {
    const listener = this.agent.transport.transports.find(transport => transport.protocol === protocol);
    return listener?.local.port ?? 0;
  }
}

/** 20 ms of something that is not silence. */
export const tone: Uint8Array = new Uint8Array(160).fill(0x2a);

/** Waits in real time until it is so. */
export async function until(isSo: () => boolean, what: string, patienceMs = 3_000): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`Waited in vain: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

/** For `until`: moves a virtual clock by so much each time before it looks. */
export function moving(
  clock: { advance(ms: number): Promise<void> },
  ms: number,
  isSo: () => boolean,
): () => boolean {
  return () => {
    void clock.advance(ms);
    return isSo();
  };
}
