import { describe, expect, it } from 'vitest';
import { createResponse } from '../../../sip/message/create.ts';
import type { Protocol } from '../../../sip/transport/transport.ts';
import { isAnswerable, outgoingVia, responseEndpoint, stampReceived } from '../../../sip/transport/via.ts';
import { request } from '../support/transactions.ts';

function arrived(via: string, source = { address: '192.0.2.9', port: 4_711 }) {
  const message = request('OPTIONS');
  message.headers.set('Via', via);
  stampReceived(message, source);
  return message;
}

describe('the Via of a request that arrives (RFC 3261 §18.2.1, RFC 3581 §4)', () => {
  it.each([
    ['SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1', 'SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1'],
    ['SIP/2.0/UDP 10.1.1.1;branch=z9hG4bK1', 'SIP/2.0/UDP 10.1.1.1;branch=z9hG4bK1;received=192.0.2.9'],
    [
      'SIP/2.0/UDP pc.example.com;branch=z9hG4bK1',
      'SIP/2.0/UDP pc.example.com;branch=z9hG4bK1;received=192.0.2.9',
    ],
    [
      'SIP/2.0/UDP 192.0.2.9;rport;branch=z9hG4bK1',
      'SIP/2.0/UDP 192.0.2.9;rport=4711;branch=z9hG4bK1;received=192.0.2.9',
    ],
    // A sender that fills them in itself is corrected: its answers would go to somebody else.
    [
      'SIP/2.0/UDP 192.0.2.9;received=198.51.100.1;rport=1;branch=z9hG4bK1',
      'SIP/2.0/UDP 192.0.2.9;received=192.0.2.9;rport=4711;branch=z9hG4bK1',
    ],
  ])('%s', (via, stamped) => {
    expect(arrived(via).headers.get('Via')).toBe(stamped);
  });

  it('leaves the Vias below as they are', () => {
    const message = arrived('SIP/2.0/UDP 10.1.1.1;branch=z9hG4bK1, SIP/2.0/UDP 10.2.2.2 ; branch=z9hG4bK2');
    expect(message.vias.map(via => via.received)).toEqual(['192.0.2.9', undefined]);
  });

  it('takes an IPv6 address with brackets for the one without', () => {
    const message = arrived('SIP/2.0/UDP [2001:db8::9]:5060;branch=z9hG4bK1', {
      address: '2001:db8::9',
      port: 5_060,
    });
    expect(message.via?.received).toBeUndefined();
  });
});

describe('where a response goes (RFC 3261 §18.2.2)', () => {
  it.each<[string, Protocol, string, number]>([
    ['SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1', 'UDP', '192.0.2.9', 5_060],
    ['SIP/2.0/UDP 10.1.1.1:5070;branch=z9hG4bK1', 'UDP', '192.0.2.9', 5_070],
    ['SIP/2.0/UDP 10.1.1.1:5070;rport;branch=z9hG4bK1', 'UDP', '192.0.2.9', 4_711],
    ['SIP/2.0/UDP 10.1.1.1:5070;maddr=233.252.0.1;branch=z9hG4bK1', 'UDP', '192.0.2.9', 5_070],
    ['SIP/2.0/UDP 192.0.2.9:5070;maddr=198.51.100.1;branch=z9hG4bK1', 'UDP', '192.0.2.9', 5_070],
    ['SIP/2.0/UDP 10.1.1.1:5070;maddr=198.51.100.1;rport;branch=z9hG4bK1', 'UDP', '192.0.2.9', 4_711],
    ['SIP/2.0/TCP 10.1.1.1:5070;rport;branch=z9hG4bK1', 'TCP', '192.0.2.9', 5_070],
    ['SIP/2.0/TLS 10.1.1.1;branch=z9hG4bK1', 'TLS', '192.0.2.9', 5_061],
  ])('%s over %s: %s port %i', (via, protocol, address, port) => {
    expect(responseEndpoint(createResponse(arrived(via), 200), protocol)).toEqual({ address, port });
  });

  it.each<[string, Protocol, number | undefined, boolean]>([
    ['SIP/2.0/UDP 192.0.2.9:0;branch=z9hG4bK1', 'UDP', undefined, false],
    ['SIP/2.0/UDP 192.0.2.9:0;rport;branch=z9hG4bK1', 'UDP', 4_711, true],
    ['SIP/2.0/TCP 192.0.2.9:0;branch=z9hG4bK1', 'TCP', undefined, true],
  ])('no port 0 (RFC 6335 §6): %s over %s', (via, protocol, port, answerable) => {
    const request = arrived(via);
    expect(responseEndpoint(createResponse(request, 200), protocol)?.port).toBe(port);
    // On a stream it goes back by the connection.
    expect(isAnswerable(request, protocol)).toBe(answerable);
  });

  it('that comes from port 0 and asks for rport: to the port that it names (RFC 768: UDP may leave it out)', () => {
    const request = arrived('SIP/2.0/UDP 192.0.2.9;rport;branch=z9hG4bK1', { address: '192.0.2.9', port: 0 });
    expect(responseEndpoint(createResponse(request, 200), 'UDP')?.port).toBe(5_060);
  });

  it.each([
    ['0', undefined],
    ['1', 1],
    ['65535', 65_535],
    ['65536', undefined],
    ['99999', undefined],
  ])('an rport of %s is read as %s', (text, port) => {
    const message = request('OPTIONS');
    message.headers.set('Via', `SIP/2.0/UDP 192.0.2.9;rport=${text};branch=z9hG4bK1`);
    expect(message.via?.rport).toBe(port);
  });
});

describe('the Via of a request that leaves', () => {
  it('asks for rport', () => {
    const via = outgoingVia('UDP', { host: '2001:db8::1', port: 5_060 }, 'z9hG4bKx');
    expect(`${via}`).toBe('SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bKx;rport');
  });
});
