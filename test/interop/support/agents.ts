import {
  type Clock,
  createUserAgent,
  tcp,
  tls,
  type UserAgent,
  type UserAgentOptions,
  udp,
} from '../../../sip/user-agent.ts';
import type { SippTransport } from '../sipp/run.ts';
import type { Certificate } from './certificate.ts';

/** A description of media that nobody sends. */
export const sdp = (version = 1): string =>
  [
    'v=0',
    `o=- 4711 ${version} IN IP4 127.0.0.1`,
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    'm=audio 40000 RTP/AVP 0',
    'a=rtpmap:0 PCMU/8000',
    '',
  ].join('\r\n');

const address = '127.0.0.1';

const listeners: Readonly<
  Record<SippTransport, (certificate?: Certificate) => UserAgentOptions['transports'][number]>
> = {
  UDP: () => udp({ address }),
  TCP: () => tcp({ address }),
  TLS: certificate => {
    if (certificate === undefined) throw new Error('A TLS listener needs a certificate.');
    return tls({
      address,
      key: certificate.key,
      certificate: certificate.certificate,
      authorities: [certificate.certificate],
    });
  },
};

/** A user agent of ours that listens on one transport. */
export interface OurSide {
  readonly agent: UserAgent;
  readonly port: number;
}

export interface OurOptions extends Partial<Omit<UserAgentOptions, 'transports'>> {
  readonly transport?: SippTransport;
  readonly certificate?: Certificate | undefined;
  readonly clock?: Clock;
}

/** Gives a running user agent that is closed afterwards. */
export async function withAgent<T>(
  { transport = 'UDP', certificate, ...options }: OurOptions,
  work: (ours: OurSide) => Promise<T>,
): Promise<T> {
  const listener = listeners[transport](certificate);
  const agent = createUserAgent({ ...options, transports: [listener] });
  await agent.start();
  try {
    return await work({ agent, port: listener.local.port });
  } finally {
    await agent.close();
  }
}

/** Resolves when the session has ended. */
export const ended = (session: {
  once(event: 'ended', listener: (end: { by: string; cause: string }) => void): unknown;
}) => new Promise<{ by: string; cause: string }>(resolve => session.once('ended', resolve));

export const wait = (milliseconds: number): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, milliseconds));
