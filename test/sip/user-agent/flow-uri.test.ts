import { describe, expect, it } from 'vitest';
import { createResolver, type Destination } from '../../../sip/resolve/resolver.ts';
import type { Protocol, Target } from '../../../sip/transport/transport.ts';
import { parseUri, type Uri } from '../../../sip/uri/uri.ts';
import { destinationOf } from '../../../sip/user-agent/addresses.ts';
import { FlowUri } from '../../../sip/user-agent/flow-uri.ts';
import { dnsOf } from '../support/dns.ts';

const resolver = createResolver({ dns: dnsOf({}) });
const targets = (uri: Uri) => [...(resolver.targets(destinationOf(uri) as Destination) as Iterable<Target>)];

describe('the far end of a flow (RFC 5626 §5.3)', () => {
  it.each<[Protocol, string]>([
    ['UDP', '192.0.2.7'],
    ['TCP', '192.0.2.7'],
    ['TLS', '2001:db8::7'],
  ])('of %s at %s is reached there, by no name', (protocol, address) => {
    const end = { protocol, address, port: 40_123 };
    expect(targets(new FlowUri(end))).toEqual([{ ...end, host: undefined }]);
  });

  it('is nothing that a peer could write: the same text is an address, which a certificate has to name', () => {
    const end = { protocol: 'TLS', address: '192.0.2.7', port: 40_123 } as const;
    const text = `${new FlowUri(end)}`;
    expect(text).toBe('sip:192.0.2.7:40123;transport=tls');
    expect(targets(parseUri(text))).toEqual([{ ...end, host: '192.0.2.7' }]);
  });
});
