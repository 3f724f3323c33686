import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';

/** Where RTP may be received: even ports, both ends included. */
export interface PortRange {
  readonly least: number;
  readonly most: number;
}

/** What a Voice Connector uses. */
export const DEFAULT_PORTS: PortRange = { least: 5_000, most: 65_000 };

/** Every port of the range is taken. */
export class NoPortError extends Error {
  override name = 'NoPortError';
}

/** After so many ports that were taken the range counts as full. */
const MOST_TRIES = 64;

/**
 * Binds a free even port of the range (RFC 3550 §11), beginning anywhere in it, so that a port that a call has just left is not
 * used by the next one.
 *
 * @throws NoPortError when none is free
 */
export async function bindRtp(address: string, range: PortRange, random: () => number): Promise<Socket> {
  const least = range.least + (range.least % 2);
  const count = Math.floor((range.most - least) / 2) + 1;
  const first = Math.floor(random() * count);
  for (let tried = 0; tried < Math.min(count, MOST_TRIES); tried++) {
    const socket = await bind(address, least + ((first + tried) % count) * 2);
    if (socket !== undefined) return socket;
  }
  throw noPort(address, range);
}

/** An RTP socket and, one port above it, its RTCP socket (RFC 3550 §11). */
export interface PortPair {
  readonly rtp: Socket;
  readonly rtcp: Socket;
}

/** Binds two free ports of the range, of which the lower one is even. @throws NoPortError when none are free */
export async function bindRtpPair(
  address: string,
  range: PortRange,
  random: () => number,
): Promise<PortPair> {
  for (let tried = 0; tried < MOST_TRIES; tried++) {
    const rtp = await bindRtp(address, { ...range, most: range.most - 1 }, random);
    const rtcp = await bind(address, rtp.address().port + 1);
    if (rtcp !== undefined) return { rtp, rtcp };
    rtp.close();
  }
  throw noPort(address, range);
}

/** Binds this port and the one above it, as another process had them. @throws NoPortError when they are taken */
export async function bindSamePair(address: string, port: number): Promise<PortPair> {
  const rtp = await bind(address, port);
  const rtcp = await bind(address, port + 1);
  if (rtp !== undefined && rtcp !== undefined) return { rtp, rtcp };
  rtp?.close();
  rtcp?.close();
  throw noPort(address, { least: port, most: port + 1 });
}

function noPort(address: string, { least, most }: PortRange): NoPortError {
  return new NoPortError(`No RTP port from ${least} to ${most} is free on ${address}.`);
}

function bind(address: string, port: number): Promise<Socket | undefined> {
  const socket = createSocket(isIPv6(address) ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' });
  return new Promise((resolve, reject) => {
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    socket.bind(port, address, () => {
      socket.removeAllListeners('error');
      // An ICMP answer to one packet says nothing that RTP could use.
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}
