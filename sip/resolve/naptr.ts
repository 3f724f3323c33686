import type { Protocol } from '../transport/transport.ts';
import type { NaptrRecord } from './dns.ts';

/** NAPTR services of SIP (RFC 3263 §4.1) and what they mean here. */
export const naptrServices: Readonly<Record<string, Protocol>> = {
  'SIP+D2U': 'UDP',
  'SIP+D2T': 'TCP',
  'SIPS+D2T': 'TLS',
};

/** The SRV names to ask, best first: by order, then preference; only services that are spoken here. */
export function naptrOrder(
  records: readonly NaptrRecord[],
  spoken: ReadonlySet<Protocol>,
): { readonly protocol: Protocol; readonly name: string }[] {
  return records
    .filter(record => record.flags.toLowerCase() === 's')
    .toSorted((a, b) => a.order - b.order || a.preference - b.preference)
    .flatMap(record => {
      const protocol = naptrServices[record.service.toUpperCase()];
      return protocol && spoken.has(protocol) ? [{ protocol, name: record.replacement }] : [];
    });
}
