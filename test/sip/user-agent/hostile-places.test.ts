import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createResponse } from '../../../sip/message/create.ts';
import type { SipRequest } from '../../../sip/message/message.ts';
import { parseMessage } from '../../../sip/message/parse.ts';
import { serialise } from '../../../sip/message/serialise.ts';
import { createResolver } from '../../../sip/resolve/resolver.ts';
import { createUserAgent, tcp, type UserAgent, udp } from '../../../sip/user-agent.ts';
import { dnsOf, naptr, srv } from '../support/dns.ts';
import { ANSWER, OFFER } from '../support/stage.ts';

const address = '127.0.0.1';

/** Names that lead nowhere, and to where nobody can send. */
const zone = {
  naptr: { 'evil.test': [naptr('SIP+D2U', ''), naptr('SIP+D2T', '_sip._tcp.evil.test')] },
  srv: {
    '_sip._tcp.evil.test': [srv('host.evil.test', 0, 0, 0), srv('.', 1), srv('host.evil.test', 2, 0, 1)],
  },
  a: { 'evil.test': [address], 'host.evil.test': [address, '0.0.0.0', '240.0.0.1'] },
  aaaa: { 'host.evil.test': ['::1', 'fe80::1%lo'] },
};

/** Hosts and ports that nobody means well with. */
const hosts = [
  address,
  '0.0.0.0',
  '255.255.255.255',
  '240.0.0.1',
  '256.1.1.1',
  'evil.test',
  'host.evil.test',
  '0',
  '[::]',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[fe80::1%25lo]',
  '[',
  'a..b',
  '.',
  '-',
  `${'a'.repeat(64)}.invalid`,
  `${'a.'.repeat(150)}invalid`,
  'nobody.invalid',
];
const ports = ['', ':', ':0', ':00', ':1', ':9', ':65535', ':65536', ':99999999999', ':-1', ':x'];
const uriParams = [
  '',
  ';lr',
  ';transport=tcp',
  ';transport=tls',
  ';transport=ws',
  ';maddr=127.0.0.1',
  ';maddr=0.0.0.0',
  ';maddr=%00',
  ';maddr=fe80::1%25lo',
  ';maddr=a%20b',
  ';maddr=',
];
const viaParams = [
  '',
  ';rport',
  ';rport=0',
  ';rport=99999',
  ';received=256.1.1.1',
  ';received=%00',
  ';maddr=127.0.0.1',
  ';maddr=nobody.invalid',
  ';ttl=300',
];

const oneOf = (values: readonly string[]) => fc.constantFrom(...values);
const host = fc.oneof(fc.constant(address), oneOf(hosts));
const place = fc.tuple(host, oneOf(ports)).map(parts => parts.join(''));
const uri = fc.tuple(oneOf(['sip', 'sips']), place, oneOf(uriParams)).map(([scheme, where, params]) => {
  return `${scheme}:x@${where}${params}`;
});
const via = fc.tuple(oneOf(['UDP', 'TCP', 'TLS', 'WS']), place, oneOf(viaParams));
const contact = fc.oneof(uri, oneOf(['tel:+15550100', 'urn:x:y', 'http://evil.test:0/']));
const routes = fc.option(uri, { nil: undefined, freq: 1 });
const places = fc.record({ via, uri, contact, recordRoute: routes, route: routes });
type Places = typeof places extends fc.Arbitrary<infer T> ? T : never;

/** An agent that takes every call, a socket of a peer, and what was thrown where nobody catches. */
let agent: UserAgent;
let peer: Socket;
let port: number;
let heard: string[];
/** What the peer says to an INVITE of the agent. */
let answer: (invite: SipRequest) => string[];
let count = 0;
const thrown: unknown[] = [];
const note = (error: unknown) => void thrown.push(error);

beforeEach(async () => {
  thrown.length = 0;
  heard = [];
  process.on('unhandledRejection', note).on('uncaughtException', note);
  agent = createUserAgent({
    transports: [udp({ address }), tcp({ address, limits: { connectMs: 300 } })],
    resolver: createResolver({ dns: dnsOf(zone) }),
    onError: note,
    times: { t1: 5, t2: 10, t4: 10 },
  });
  agent.onInvite = invitation => {
    invitation.progress(180);
    invitation.accept({ sdp: ANSWER }).bye();
  };
  await agent.start();
  peer = createSocket('udp4');
  peer.bind(0, address);
  await once(peer, 'listening');
  ({ port } = peer.address());
  peer.on('message', bytes => {
    const message = parseMessage(bytes);
    heard.push(message.startLine);
    if (message.isRequest && message.method === 'INVITE') say(answer(message), ANSWER);
  });
});

afterEach(async () => {
  await agent.close();
  peer.close();
  process.off('unhandledRejection', note).off('uncaughtException', note);
});

function say(head: readonly string[], body = ''): void {
  const type = body === '' ? [] : ['Content-Type: application/sdp'];
  const lines = [...head, ...type, `Content-Length: ${body.length}`, '', body];
  peer.send(lines.join('\r\n'), agent.transport.transports[0]?.local.port ?? 0, address);
}

/** A request that names these places. */
function ask(
  method: string,
  { via: [transport, where, params], uri, contact, recordRoute, route }: Places,
): void {
  count++;
  const head = [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/${transport} ${where};branch=z9hG4bK${count}${params}`,
    ...(recordRoute === undefined ? [] : [`Record-Route: <${recordRoute}>`]),
    ...(route === undefined ? [] : [`Route: <${route}>`]),
    'From: <sip:a@example.com>;tag=a',
    'To: <sip:b@example.com>',
    `Contact: <${contact}>`,
    `Call-ID: ${count}`,
    `CSeq: 1 ${method}`,
    'Max-Forwards: 70',
  ];
  say(head, method === 'INVITE' ? ANSWER : '');
}

/** Whether the agent still answers: it waits until it does. */
async function isThere(): Promise<boolean> {
  const before = heard.length;
  const uri = `sip:b@${address}`;
  ask('OPTIONS', {
    via: ['UDP', `${address}:${port}`, ''],
    uri,
    contact: uri,
    recordRoute: undefined,
    route: undefined,
  });
  while (!heard.slice(before).includes('SIP/2.0 200 OK')) await once(peer, 'message');
  return true;
}

/** What the peer accepts a call with. */
function accepting(invite: SipRequest, contact: string, recordRoute: string | undefined): string[] {
  const lines = serialise(createResponse(invite, 200, 'OK', { toTag: 'b' }))
    .toString()
    .split('\r\n');
  const kept = lines.filter(line => line !== '' && !line.startsWith('Content-Length'));
  return [
    ...kept,
    `Contact: <${contact}>`,
    ...(recordRoute === undefined ? [] : [`Record-Route: <${recordRoute}>`]),
  ];
}

describe('an agent whose peers name places that nobody can send to', () => {
  it('survives one datagram whose answer would go to port 0', async () => {
    ask('OPTIONS', {
      via: ['UDP', `${address}:0`, ''],
      uri: `sip:b@${address}`,
      contact: `sip:a@${address}`,
      recordRoute: undefined,
      route: undefined,
    });
    expect([await isThere(), thrown]).toEqual([true, []]);
  });

  it('survives whatever their requests name, and goes on answering', async () => {
    const methods = oneOf(['OPTIONS', 'INVITE', 'REGISTER', 'MESSAGE', 'CANCEL', 'BYE', 'ACK']);
    await fc.assert(
      fc.asyncProperty(methods, places, async (method, places) => {
        ask(method, places);
        expect([await isThere(), thrown]).toEqual([true, []]);
      }),
      { numRuns: 500 },
    );
  });

  it('comes to an end with whatever accepts its calls: a session, or a failure', async () => {
    const calls = fc.array(fc.tuple(contact, routes), { minLength: 50, maxLength: 50 });
    const uri = `sip:b@${address}:${port}`;
    await fc.assert(
      fc.asyncProperty(calls, async calls => {
        answer = invite => accepting(invite, ...(calls[Number(invite.callId)] ?? [uri, undefined]));
        const outcomes = calls.map((_, at) =>
          agent.invite(uri, { sdp: OFFER, callId: `${at}` }).answered.then(
            session => session.bye(),
            error => error.code,
          ),
        );
        // What cannot be read is dropped (RFC 3261 §18.1.2), and then nobody has answered.
        for (const outcome of await Promise.all(outcomes))
          expect(['transport-error', 'timeout', undefined]).toContain(outcome);
        expect([await isThere(), thrown]).toEqual([true, []]);
      }),
      { numRuns: 4 },
    );
  });
});
