import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { imageFlags } from './image-flags.ts';
import { stop, wait } from './programs.ts';

/** An edge in a process of its own. */
export interface EdgeUnderTest {
  readonly port: number;
  readonly pid: number;
  /** Bytes of its heap that something holds, once its transactions are over. */
  heldBytes(): Promise<number>;
}

interface Held {
  readonly heldBytes?: number;
  readonly calls: number;
}

/** Runs the edge while `work` runs. */
export async function withEdge<T>(
  env: Readonly<Record<string, string>>,
  work: (edge: EdgeUnderTest) => Promise<T>,
): Promise<T> {
  const child = fork(join(import.meta.dirname, 'edge-process.ts'), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: imageFlags(),
  });
  try {
    const { port } = await told<{ port: number }>(child);
    return await work({
      port,
      pid: child.pid as number,
      async heldBytes() {
        for (;;) {
          const answer = told<Held>(child);
          child.send('held?');
          const held = (await answer).heldBytes;
          if (held !== undefined) return held;
          await wait(50);
        }
      },
    });
  } finally {
    await stop(child);
  }
}

function told<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null) => reject(new Error(`The edge ended with ${code}.`));
    child.once('exit', gone);
    child.once('message', message => {
      child.off('exit', gone);
      resolve(message as T);
    });
  });
}
