import { fork } from 'node:child_process';
import { join } from 'node:path';
import { imageFlags } from './image-flags.ts';
import { freePort, listening, stop } from './programs.ts';

/** Runs a bare B2BUA on the npm package `sip`, with Node as the edge has it, while `work` runs. */
export async function withSipPackage<T>(
  targetPort: number,
  work: (port: number, pid: number) => Promise<T>,
): Promise<T> {
  const port = await freePort();
  const child = fork(join(import.meta.dirname, 'sip-package-process.ts'), {
    env: { ...process.env, PORT: String(port), TARGET_PORT: String(targetPort) },
    // The package uses what Node has long warned of.
    execArgv: ['--no-deprecation', ...imageFlags()],
  });
  try {
    await listening(port);
    return await work(port, child.pid as number);
  } finally {
    await stop(child);
  }
}
