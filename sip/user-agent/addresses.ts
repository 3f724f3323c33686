import { Params } from '../grammar/params.ts';
import { NameAddr } from '../header/name-addr.ts';
import type { Destination } from '../resolve/resolver.ts';
import { sentBy } from '../transport/sent-by.ts';
import type { Endpoint, Protocol, Transport } from '../transport/transport.ts';
import { SipUri } from '../uri/sip-uri.ts';
import type { Uri } from '../uri/uri.ts';
import { FlowUri } from './flow-uri.ts';

const transportParams: Readonly<Record<Protocol, string | undefined>> = {
  UDP: undefined,
  TCP: 'tcp',
  TLS: 'tls',
};

/** The Contact under which a listener is reached by a peer (RFC 3261 §8.1.1.8); `sips` where the dialog is (§12.1.1). */
export function contactFor(
  transport: Transport,
  peer: Pick<Endpoint, 'address'>,
  user: string | undefined,
  secure: boolean,
): NameAddr {
  const protocol = secure ? undefined : transportParams[transport.protocol];
  const { host, port } = sentBy(transport, peer);
  const uri = new SipUri({
    scheme: secure ? 'sips' : 'sip',
    user,
    host,
    port,
    params: protocol === undefined ? Params.noneOfUri : Params.ofUri({ transport: protocol }),
  });
  return new NameAddr({ uri });
}

/** What RFC 3263 §4 reads of a URI; undefined for one that names no host, such as `tel:`. */
export function destinationOf(uri: Uri): Destination | undefined {
  if (uri.kind !== 'sip') return undefined;
  // RFC 3261 §19.1.1: maddr takes the place of the host.
  const host = uri.params.get('maddr') ?? uri.address;
  const { secure, port, transport } = uri;
  return { secure, host, port, transport, isFlow: uri instanceof FlowUri };
}
