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

/** Where calls of ours reach a SIPp that is about to listen: for TLS at a relay, else where it listens. */
export const reachedAt = async ({ transport }: Line): Promise<number | undefined> =>
  transport === 'TLS' ? freePort() : undefined;

/** The same for calls of ours to SIPp, which listens on `port`, over a relay on `reached`. */
export async function towardsSipp(
  { certificate }: Line,
  reached: number | undefined,
  port: number,
  work: (port: number) => Promise<void>,
): Promise<void> {
  if (reached === undefined) return work(port);
  const files = `key=${certificate.keyFile},cert=${certificate.certificateFile}`;
  const from = `OPENSSL-LISTEN:${reached},bind=127.0.0.1,reuseaddr,fork,${files},verify=0`;
  return withRelay(reached, from, `TCP:127.0.0.1:${port}`, () => work(reached));
}
