import { tcp } from './tcp.ts';
import type { Transport, TransportReceiver } from './transport.ts';
import { type UdpOptions, udp } from './udp.ts';

/** Ports that are tried where any will do: one that is free by UDP may be taken by TCP. */
const ANY_PORT_TRIES = 10;

interface Pair {
  readonly udp: Transport;
  readonly tcp: Transport;
}

/** Two listeners at one port; with port 0 at one that is free for both. They begin together, with the first. */
export function udpAndTcp(options: UdpOptions): [udp: Transport, tcp: Transport] {
  let pair: Pair = { udp: udp(options), tcp: tcp(options) };
  let byTcp: TransportReceiver | undefined;
  const receiver: TransportReceiver = {
    message: (bytes, flow) => byTcp?.message(bytes, flow),
    refused: (head, status, flow) => byTcp?.refused(head, status, flow),
    isNeeded: flow => byTcp?.isNeeded(flow) ?? false,
    closed: (flow, error) => byTcp?.closed(flow, error),
  };

  async function listen(byUdp: TransportReceiver, tries: number): Promise<void> {
    await pair.udp.listen(byUdp);
    pair = { ...pair, tcp: tcp({ ...options, port: pair.udp.local.port }) };
    try {
      await pair.tcp.listen(receiver);
    } catch (error) {
      if (tries === 1 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      await pair.udp.close();
      pair = { udp: udp(options), tcp: tcp(options) };
      await listen(byUdp, tries - 1);
    }
  }

  return [
    following(
      () => pair.udp,
      byUdp => listen(byUdp, options.port ? 1 : ANY_PORT_TRIES),
    ),
    following(
      () => pair.tcp,
      async given => {
        byTcp = given;
      },
    ),
  ];
}

/** Whichever transport it is at present. */
function following(current: () => Transport, listen: Transport['listen']): Transport {
  return {
    protocol: current().protocol,
    advertised: current().advertised,
    get local() {
      return current().local;
    },
    listen,
    flowTo: target => current().flowTo(target),
    close: () => current().close(),
  };
}
