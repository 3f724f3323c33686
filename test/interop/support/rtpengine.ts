import { freePort } from './ports.ts';
import { Program } from './program.ts';

/** Debian's rtpengine on loopback, without its kernel module. */
export async function withRtpengine<T>(work: (engine: { readonly port: number }) => Promise<T>): Promise<T> {
  const port = await freePort();
  const options = [
    '--config-file=none',
    '--foreground',
    '--log-stderr',
    '--table=-1',
    '--interface=127.0.0.1',
    `--listen-ng=127.0.0.1:${port}`,
    '--port-min=49000',
    '--port-max=49400',
  ];
  const engine = new Program('rtpengine', options, '/tmp');
  try {
    await engine.says(/Startup complete/);
    return await work({ port });
  } finally {
    await engine.stop();
  }
}
