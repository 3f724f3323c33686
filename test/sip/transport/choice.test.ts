import { describe, expect, test } from 'vitest';
import { TransportLayer } from '../../../sip/transport/layer.ts';
import type { Protocol, Transport } from '../../../sip/transport/transport.ts';

const listener = (protocol: Protocol, address: string, port: number): Transport => ({
  protocol,
  advertised: undefined,
  local: { address, port },
  listen: async () => {},
  flowTo: () => Promise.reject(new Error('Nothing is sent here.')),
  close: async () => {},
});

const first = listener('UDP', '10.0.0.1', 5060);
const second = listener('UDP', '10.0.0.2', 5060);
const third = listener('UDP', '10.0.0.2', 5070);
const byTcp = listener('TCP', '10.0.0.2', 5060);
const overIPv6 = listener('UDP', '2001:db8::1', 5060);

const layer = new TransportLayer({
  transports: [first, second, third, byTcp, overIPv6],
  user: {
    request() {},
    response() {},
    malformed() {},
    failed() {},
    isNeeded: () => true,
    flowClosed() {},
  },
  tag: () => 'tag',
});

const chosen = (protocol: Protocol, address: string, preferred?: Transport): Transport =>
  layer.transportFor({ protocol, address, port: 5060 }, preferred);

describe('the listener by which a request leaves', () => {
  test('is the preferred one where it fits', () => {
    expect(chosen('UDP', '192.0.2.1', third)).toBe(third);
  });

  test('is else the first on the address of the preferred one', () => {
    expect(chosen('UDP', '192.0.2.1', byTcp)).toBe(second);
    expect(chosen('TCP', '192.0.2.1', third)).toBe(byTcp);
  });

  test('is else the first of its protocol and address family', () => {
    expect(chosen('UDP', '192.0.2.1')).toBe(first);
    expect(chosen('UDP', '192.0.2.1', overIPv6)).toBe(first);
    expect(chosen('UDP', '2001:db8::9', first)).toBe(overIPv6);
    expect(chosen('UDP', 'peer.example.com')).toBe(first);
  });

  test('is missing where none speaks the protocol on that family', () => {
    expect(() => chosen('TLS', '192.0.2.1')).toThrow('There is no TLS listener on IPv4.');
    expect(() => chosen('TCP', '2001:db8::9')).toThrow('There is no TCP listener on IPv6.');
  });
});
