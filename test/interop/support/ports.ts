import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** The first of `count` ports in a row that nothing listens on, by TCP or UDP. */
export async function freePort(count = 1): Promise<number> {
  for (;;) {
    const first = await openedAndClosed(0);
    const others = Array.from({ length: count - 1 }, (_, index) => openedAndClosed(first + 1 + index));
    const datagrams = Array.from({ length: count }, (_, index) => boundAndClosed(first + index));
    const all = await Promise.allSettled([...others, ...datagrams]);
    if (all.every(({ status }) => status === 'fulfilled')) return first;
  }
}

function openedAndClosed(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const { port: opened } = server.address() as { port: number };
      server.close(() => resolve(opened));
    });
  });
}

function boundAndClosed(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4').once('error', reject);
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve()));
  });
}

const LISTENING: Readonly<Record<'udp' | 'tcp', string>> = { udp: '07', tcp: '0A' };

/** Waits until a program on this machine listens on `port`. */
export async function listening(protocol: 'udp' | 'tcp', port: number): Promise<void> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const socket = new RegExp(`^\\s*\\d+: [0-9A-F]+:${hex} \\S+ ${LISTENING[protocol]} `, 'm');
  const tables = [`/proc/net/${protocol}`, `/proc/net/${protocol}6`];
  for (let tries = 0; tries < 100; tries += 1) {
    if (tables.some(table => socket.test(readFileSync(table, 'utf8')))) return;
    await wait(50);
  }
  throw new Error(`Nothing listens on ${protocol} port ${port} after five seconds.`);
}
