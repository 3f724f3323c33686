import { listening } from './ports.ts';
import { inFolder, Program } from './program.ts';

/** Runs socat between two addresses of its own notation while `work` runs. */
export async function withRelay<T>(
  port: number,
  from: string,
  to: string,
  work: () => Promise<T>,
): Promise<T> {
  return inFolder(async folder => {
    const socat = new Program('socat', [from, to], folder);
    try {
      await listening('tcp', port);
      return await work();
    } finally {
      await socat.stop();
    }
  });
}
