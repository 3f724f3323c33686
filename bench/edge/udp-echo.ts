import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { join } from 'node:path';
import { cpuMicroseconds, stop, wait } from './programs.ts';

const MESSAGES = 20_000;
/** As many as a busy server finds waiting. */
const AT_ONCE = 20;
/** As long as SIP messages are. */
const MESSAGE = Buffer.alloc(600, 'x');

/** Processor time of a UDP message that Node receives and sends back, in microseconds: what no SIP server in Node can go below. */
export async function udpEcho(): Promise<number> {
  const child = fork(join(import.meta.dirname, 'udp-echo-process.ts'));
  const socket = createSocket('udp4');
  try {
    const port = await new Promise<number>(resolve =>
      child.once('message', message => resolve((message as { port: number }).port)),
    );
    let returned = 0;
    socket.on('message', () => returned++);
    // Half of them before it counts: code that has not run before is slow.
    await send();
    const [before, first] = [cpuMicroseconds(child.pid as number), returned];
    await send();
    return (cpuMicroseconds(child.pid as number) - before) / (returned - first);

    async function send(): Promise<void> {
      for (let sent = 0; sent < MESSAGES; sent += AT_ONCE) {
        for (let each = 0; each < AT_ONCE; each++) socket.send(MESSAGE, port, '127.0.0.1');
        await wait(1);
      }
      await wait(100);
    }
  } finally {
    socket.close();
    await stop(child);
  }
}
