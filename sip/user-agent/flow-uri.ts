import { Params } from '../grammar/params.ts';
import type { Target } from '../transport/transport.ts';
import { SipUri } from '../uri/sip-uri.ts';

/**
 * The far end of a flow as a URI: what is sent there takes the connection that has come from there, and asks no name of it
 * (RFC 5626 §5.3). It is made, never read: no peer can lead a request to another one's connection. Written down it is
 * a plain URI, as the connection does not outlive its process either.
 */
export class FlowUri extends SipUri {
  constructor({ protocol, address: host, port }: Omit<Target, 'host'>) {
    super({ host, port, params: Params.ofUri({ transport: protocol.toLowerCase() }) });
  }
}
