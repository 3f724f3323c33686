import { isIP } from 'node:net';
import { isSomePort } from '../../sip/uri/host.ts';
import { isUnspecified } from '../sdp.ts';

const RTCP = /^a=rtcp:(\d+)(?: IN IP[46] (\S+))?\s*$/;

/**
 * Where a line of a description wants RTCP to be sent (RFC 3605): a port, and perhaps another IP address than that of RTP. Undefined for
 * any other line, and for one that names no such place: what is not understood is passed over (RFC 4566 §5.13), as no call is to be lost
 * for want of reports.
 */
export function readRtcp(line: string): { readonly port: number; readonly address?: string } | undefined {
  const [, digits, address] = RTCP.exec(line) ?? [];
  const port = Number(digits);
  if (!isSomePort(port)) return undefined;
  if (address === undefined) return { port };
  return isIP(address) === 0 || isUnspecified(address) ? undefined : { port, address };
}
