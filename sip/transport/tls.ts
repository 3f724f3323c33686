import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect, createServer, type TLSSocket } from 'node:tls';
import { type TransportLimits, transportLimits } from './limits.ts';
import { type StreamOptions, StreamTransport } from './stream.ts';
import type { Target, Transport } from './transport.ts';

/** A TLS listener's settings. Keys and certificates are PEM. */
export interface TlsOptions extends StreamOptions {
  readonly key: string | Buffer;
  readonly certificate: string | Buffer;
  /** Whom to trust; the system's roots when not given. */
  readonly authorities?: readonly (string | Buffer)[];
  /** Shown to servers that ask for it; our own server's when not given. */
  readonly clientCertificate?: { readonly key: string | Buffer; readonly certificate: string | Buffer };
  /** Ask callers for a certificate, and refuse those without one that `authorities` vouch for. Off by default. */
  readonly requireClientCertificate?: boolean;
  /** Check the peer's certificate and its name. On by default; off only against test equipment. */
  readonly verify?: boolean;
}

/** SIP over TLS 1.2 and 1.3 (RFC 3261 §26.3.1, RFC 5922 for whose name a certificate must carry). */
export function tls(options: TlsOptions): Transport {
  const limits: TransportLimits = { ...transportLimits, ...options.limits };
  const verify = options.verify ?? true;
  const trust = options.authorities === undefined ? {} : { ca: [...options.authorities] };
  const shown = options.clientCertificate ?? options;

  return new StreamTransport(
    {
      protocol: 'TLS',
      createServer: accepted => {
        const server = createServer({
          key: options.key,
          cert: options.certificate,
          ...trust,
          minVersion: 'TLSv1.2',
          requestCert: options.requireClientCertificate ?? false,
          rejectUnauthorized: options.requireClientCertificate ?? false,
          handshakeTimeout: limits.connectMs,
        });
        server.on('secureConnection', (socket: TLSSocket) => accepted(socket as Socket));
        server.on('tlsClientError', (_error, socket) => socket.destroy());
        return server;
      },
      connect: (target, ready) => {
        const name = target.host ?? target.address;
        return connect(
          {
            host: target.address,
            port: target.port,
            // RFC 6066 §3: an address is no SNI.
            ...(isIP(name) ? {} : { servername: name }),
            key: shown.key,
            cert: shown.certificate,
            ...trust,
            minVersion: 'TLSv1.2',
            rejectUnauthorized: verify,
            checkServerIdentity: (_sni, certificate) => checkServerIdentity(serverName(target), certificate),
          },
          ready,
        );
      },
    },
    options,
  );
}

/** RFC 5922 §7.2: the certificate speaks for the domain of the URI, not for the host that SRV led to. */
function serverName(target: Target): string {
  return target.host ?? target.address;
}
