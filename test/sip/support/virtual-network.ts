import { type SipMessage, SipRequest, type SipResponse } from '../../../sip/message/message.ts';
import { parseMessage } from '../../../sip/message/parse.ts';
import { serialise } from '../../../sip/message/serialise.ts';
import { TransportError } from '../../../sip/transport/errors.ts';
import type {
  Endpoint,
  Flow,
  Protocol,
  Target,
  Transport,
  TransportReceiver,
} from '../../../sip/transport/transport.ts';
import { protocols } from '../../../sip/transport/transport.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What became of one message on the way. */
export interface Passage {
  readonly at: number;
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly message: SipMessage;
}

/** When copies of a message arrive: one delay for each, none to lose it. */
export type Weather = (bytes: Buffer, from: Endpoint, to: Endpoint) => readonly number[];

/** A network on a virtual clock: every message is seen, and the weather says what becomes of it. */
export class VirtualNetwork {
  readonly clock: VirtualClock;
  readonly passages: Passage[] = [];
  weather: Weather = () => [0];
  readonly #listeners = new Map<string, VirtualTransport>();

  constructor(clock: VirtualClock) {
    this.clock = clock;
  }

  transport(address: string, protocol: Protocol = 'UDP', port = protocols[protocol].defaultPort): Transport {
    return new VirtualTransport(this, { address, port }, protocol);
  }

  bind(transport: VirtualTransport): void {
    this.#listeners.set(key(transport.protocol, transport.local), transport);
  }

  unbind(transport: VirtualTransport): void {
    this.#listeners.delete(key(transport.protocol, transport.local));
  }

  /** Whether anybody listens there. */
  reaches(protocol: Protocol, to: Endpoint): boolean {
    return this.#listeners.has(key(protocol, to));
  }

  carry(protocol: Protocol, bytes: Buffer, from: Endpoint, to: Endpoint): void {
    const message = readMessage(bytes);
    if (message) this.passages.push({ at: this.clock.now(), from, to, message });
    for (const delay of this.weather(bytes, from, to))
      this.clock.setTimeout(
        () => this.#listeners.get(key(protocol, to))?.arrive(Buffer.from(bytes), from),
        delay,
      );
  }

  /** Start lines so far, each with the last number of the sender's address: `1 INVITE`, `2 200 INVITE`. */
  get ladder(): string[] {
    return this.passages.map(
      ({ from, message }) => `${from.address.split('.').at(-1)} ${shortLine(message)}`,
    );
  }
}

/** The message in the bytes, if they are one: the network carries anything. */
function readMessage(bytes: Buffer): SipMessage | undefined {
  try {
    return parseMessage(bytes);
  } catch {
    return undefined;
  }
}

/** `INVITE`, or `200 INVITE` for a response. */
export function shortLine(message: SipMessage): string {
  return message instanceof SipRequest
    ? message.method
    : `${(message as SipResponse).status} ${message.cseq?.method}`;
}

function key(protocol: Protocol, { address, port }: Endpoint): string {
  return `${protocol} ${address}:${port}`;
}

class VirtualTransport implements Transport {
  readonly protocol: Protocol;
  readonly local: Endpoint;
  readonly #network: VirtualNetwork;
  #receiver: TransportReceiver | undefined;

  constructor(network: VirtualNetwork, local: Endpoint, protocol: Protocol) {
    this.#network = network;
    this.local = local;
    this.protocol = protocol;
  }

  async listen(receiver: TransportReceiver): Promise<void> {
    this.#receiver = receiver;
    this.#network.bind(this);
  }

  async flowTo(target: Target): Promise<Flow> {
    if (protocols[this.protocol].reliable && !this.#network.reaches(this.protocol, target))
      throw new TransportError('connection-refused', `Nobody listens at ${target.address}.`);
    return this.#flow(target);
  }

  arrive(bytes: Buffer, from: Endpoint): void {
    this.#receiver?.message(bytes, this.#flow(from));
  }

  async close(): Promise<void> {
    this.#network.unbind(this);
    this.#receiver = undefined;
  }

  #flow(remote: Endpoint): Flow {
    const { protocol, local } = this;
    const send = (bytes: Buffer) => this.#network.carry(protocol, bytes, local, remote);
    return { protocol, local, remote, open: true, send };
  }
}

/** A peer that does only what a test says: it keeps what it gets, and sends what it is given. */
export class ScriptedPeer {
  readonly received: SipMessage[] = [];
  onMessage: (message: SipMessage) => void = () => {};
  readonly #transport: Transport;

  private constructor(transport: Transport) {
    this.#transport = transport;
  }

  static async at(
    network: VirtualNetwork,
    address: string,
    protocol: Protocol = 'UDP',
  ): Promise<ScriptedPeer> {
    const peer = new ScriptedPeer(network.transport(address, protocol));
    await peer.#transport.listen({
      message: bytes => {
        const message = parseMessage(bytes);
        peer.received.push(message);
        peer.onMessage(message);
      },
      refused: () => {},
      isNeeded: () => true,
      closed: () => {},
    });
    return peer;
  }

  /** The requests that came, of one method. */
  requests(method: string): SipRequest[] {
    return this.received.filter(
      (message): message is SipRequest => message instanceof SipRequest && message.method === method,
    );
  }

  /** Sends a message, or bytes that may be none. */
  async send(message: SipMessage | Buffer, to: string, port = 5060): Promise<void> {
    const flow = await this.#transport.flowTo({ protocol: this.#transport.protocol, address: to, port });
    flow.send(Buffer.isBuffer(message) ? message : serialise(message));
  }
}
