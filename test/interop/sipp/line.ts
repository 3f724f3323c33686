import type { Certificate } from '../support/certificate.ts';
import { freePort } from '../support/ports.ts';
import { withRelay } from '../support/relay.ts';
import type { SippTransport } from './run.ts';

/** What a call goes over. */
export interface Line {
  readonly transport: SippTransport;
  readonly certificate: Certificate;
}

/** SIPp of Debian speaks no TLS: while `work` runs, socat speaks it to us for SIPp, which calls the port given. */
export async function towardsUs(
  { transport, certificate }: Line,
  port: number,
  work: (port: number) => Promise<void>,
): Promise<void> {
  if (transport !== 'TLS') return work(port);
  const relay = await freePort();
  const to = `OPENSSL:127.0.0.1:${port},cafile=${certificate.certificateFile},commonname=127.0.0.1`;
  return withRelay(relay, `TCP-LISTEN:${relay},bind=127.0.0.1,reuseaddr,fork`, to, () => work(relay));
}

/** The same for calls of ours to SIPp: we call the port given. */
export async function towardsSipp(
  { transport, certificate }: Line,
  port: number,
  work: (port: number) => Promise<void>,
): Promise<void> {
  if (transport !== 'TLS') return work(port);
  const relay = await freePort();
  const files = `key=${certificate.keyFile},cert=${certificate.certificateFile}`;
  const from = `OPENSSL-LISTEN:${relay},bind=127.0.0.1,reuseaddr,fork,${files},verify=0`;
  return withRelay(relay, from, `TCP:127.0.0.1:${port}`, () => work(relay));
}
