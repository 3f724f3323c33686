import type { Endpoint, Flow, Target, Transport, TransportReceiver } from '../../sip/transport/transport.ts';

/** Listeners of one process that hand each other bytes without sockets: what is measured is the stack alone. */
export class Wire {
  readonly #receivers = new Map<string, (bytes: Buffer, from: Endpoint) => void>();
  #queue: (() => void)[] = [];
  #messages = 0;

  get messages(): number {
    return this.#messages;
  }

  transport(address: string): Transport {
    const local: Endpoint = { address, port: 5_060 };
    const flowTo = (remote: Endpoint): Flow => ({
      protocol: 'UDP',
      local,
      remote,
      open: true,
      send: bytes => this.#carry(bytes, local, remote),
    });
    return {
      protocol: 'UDP',
      local,
      listen: async (receiver: TransportReceiver) => {
        this.#receivers.set(address, (bytes, from) => receiver.message(bytes, flowTo(from)));
      },
      flowTo: async (target: Target) => flowTo({ address: target.address, port: target.port }),
      close: async () => {
        this.#receivers.delete(address);
      },
    };
  }

  #carry(bytes: Buffer, from: Endpoint, to: Endpoint): void {
    this.#messages++;
    this.#queue.push(() => this.#receivers.get(to.address)?.(bytes, from));
    if (this.#queue.length === 1) setImmediate(() => this.#deliver());
  }

  #deliver(): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const run of queue) run();
  }
}
