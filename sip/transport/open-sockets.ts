import type { Socket } from 'node:net';

/** Sockets until they are closed, and how many of them lead to each address. */
export class OpenSockets {
  readonly #sockets = new Set<Socket>();
  readonly #byAddress = new Map<string, number>();

  get size(): number {
    return this.#sockets.size;
  }

  with(address: string): number {
    return this.#byAddress.get(address) ?? 0;
  }

  add(socket: Socket, address: string): void {
    this.#sockets.add(socket);
    this.#byAddress.set(address, this.with(address) + 1);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      const left = this.with(address) - 1;
      if (left === 0) this.#byAddress.delete(address);
      else this.#byAddress.set(address, left);
    });
  }

  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
