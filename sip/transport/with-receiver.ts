import type { Transport, TransportReceiver } from './transport.ts';

/** The same transport, whose user hears through the receiver that `wrap` puts before its own. */
export function withReceiver(
  transport: Transport,
  wrap: (receiver: TransportReceiver) => TransportReceiver,
): Transport {
  return {
    protocol: transport.protocol,
    get local() {
      return transport.local;
    },
    get advertised() {
      return transport.advertised;
    },
    listen: receiver => transport.listen(wrap(receiver)),
    flowTo: target => transport.flowTo(target),
    close: () => transport.close(),
  };
}
