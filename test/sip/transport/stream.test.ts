import { type AddressInfo, connect, createServer, type Server, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TransportError } from '../../../sip/transport/errors.ts';
import { StreamTransport } from '../../../sip/transport/stream.ts';
import { tcp } from '../../../sip/transport/tcp.ts';
import { type TlsOptions, tls } from '../../../sip/transport/tls.ts';
import type { Flow, Protocol, Target, Transport } from '../../../sip/transport/transport.ts';
import { certificates, type Listening, listening, options } from '../support/sockets.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const open: Listening[] = [];

async function listen(transport: Transport, isNeeded?: () => boolean): Promise<Listening> {
  const made = await listening(transport, isNeeded);
  open.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ transport }) => transport.close()));
});

const address = '127.0.0.1';
const trust = { authorities: [certificates.authority] };
const secure = (more: Partial<TlsOptions> = {}) =>
  tls({ address, ...certificates.server, ...trust, ...more });
const to = (one: Listening, protocol: Protocol, host?: string) => ({
  protocol,
  address,
  port: one.transport.local.port,
  ...(host === undefined ? {} : { host }),
});

describe.each([
  ['TCP', () => tcp({ address })],
  ['TLS', () => secure()],
] as const)('%s', (protocol, make) => {
  it('carries messages both ways on one connection, which is used again', async () => {
    const server = await listen(make());
    const client = await listen(make());
    const flow = await client.transport.flowTo(to(server, protocol));
    flow.send(options('one'));
    await server.until(() => server.messages.length === 1);
    expect(await client.transport.flowTo(to(server, protocol))).toBe(flow);
    flow.send(options('two', 'x'.repeat(70_000)));
    await server.until(() => server.messages.length === 2);
    expect(server.flows[0]).toBe(server.flows[1]);
    expect(server.messages[1]).toEqual(options('two', 'x'.repeat(70_000)));
    server.flows[0]?.send(options('back'));
    await client.until(() => client.messages.length === 1);
  });

  it('opens one connection for two that ask at once', async () => {
    const server = await listen(make());
    const client = await listen(make());
    const [one, two] = await Promise.all([
      client.transport.flowTo(to(server, protocol)),
      client.transport.flowTo(to(server, protocol)),
    ]);
    expect(one).toBe(two);
  });

  it('uses a connection that the peer opened, to its very port', async () => {
    const server = await listen(make());
    const client = await listen(make());
    (await client.transport.flowTo(to(server, protocol))).send(options());
    await server.until(() => server.messages.length === 1);
    const [flow] = server.flows;
    expect(await server.transport.flowTo({ protocol, ...(flow?.remote ?? { address, port: 0 }) })).toBe(flow);
  });

  it('says when nobody listens', async () => {
    const server = await listen(make());
    const target = to(server, protocol);
    await server.transport.close();
    const client = await listen(make());
    await expect(client.transport.flowTo(target)).rejects.toMatchObject({ code: 'connection-refused' });
  });

  it.each([0, 65_536, Number.NaN])('says that nothing listens at port %d', async port => {
    const client = await listen(make());
    await expect(client.transport.flowTo({ protocol, address, port })).rejects.toMatchObject({
      name: 'TransportError',
      code: 'connection-refused',
    });
  });

  it('tells of a flow that ended, and opens another afterwards', async () => {
    const server = await listen(make());
    const client = await listen(make());
    const flow = await client.transport.flowTo(to(server, protocol));
    flow.send(options());
    await server.until(() => server.messages.length === 1);
    await server.transport.close();
    await client.until(() => client.closed.length === 1);
    expect([flow.open, client.closed[0]?.flow === flow]).toEqual([false, true]);
    const failure = await new Promise<TransportError>(resolve => flow.send(options(), resolve));
    expect(failure.code).toBe('closed');
  });

  it('closes cleanly with connections open on both sides, and what was sent arrives', async () => {
    const server = await listen(make());
    const client = await listen(make());
    (await client.transport.flowTo(to(server, protocol))).send(options('last'));
    await client.transport.close();
    await server.until(() => server.messages.length === 1 && server.closed.length === 1);
    expect(server.closed[0]?.error).toBeUndefined();
    await server.transport.close();
  });
});

/** Bytes, more than the kernels of both ends keep for a peer that does not read. */
const MANY = 32 * 2 ** 20;

describe('limits of a stream', () => {
  const raw = (server: Listening) => connect(server.transport.local.port, address);
  const closing = (socket: ReturnType<typeof raw>) =>
    socket.closed ? Promise.resolve() : new Promise<void>(resolve => socket.once('close', () => resolve()));

  it('answers a message that cannot be framed and closes', async () => {
    const server = await listen(tcp({ address }));
    const socket = raw(server);
    socket.resume().write('OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bKx\r\n\r\n');
    await closing(socket);
    expect(server.refusals).toEqual([400]);
  });

  it('cuts off a peer that drips a message for longer than 10 s', async () => {
    const clock = new VirtualClock();
    const server = await listen(tcp({ address, clock }));
    const socket = raw(server);
    socket.resume().write(`${options().toString()}OPTIONS sip:a`);
    await server.until(() => server.messages.length === 1);
    await clock.advance(10_000);
    await closing(socket);
    expect(server.closed[0]?.error?.code).toBe('too-slow');
  });

  it('gives every message its 10 s, though each begins in the same write in which another ends', async () => {
    const clock = new VirtualClock();
    const server = await listen(tcp({ address, clock }));
    const socket = raw(server);
    const whole = options().toString();
    socket.resume().write(whole.slice(0, 60));
    for (let count = 1; count <= 3; count++) {
      socket.write(whole.slice(60) + whole.slice(0, 60));
      await server.until(() => server.messages.length === count);
      await clock.advance(9_000);
    }
    expect(server.closed).toEqual([]);
    await clock.advance(1_000);
    await closing(socket);
    expect(server.closed[0]?.error?.code).toBe('too-slow');
  });

  it('reads no more of a stream that cannot be framed, and closes it though its peer reads nothing', async () => {
    const clock = new VirtualClock();
    const server = await listen(tcp({ address, clock, limits: { unsentBytes: MANY * 2 } }));
    const socket = raw(server);
    socket.pause().on('error', () => {});
    socket.write(options());
    await server.until(() => server.messages.length === 1);
    server.flows[0]?.send(Buffer.alloc(MANY));
    socket.write('OPTIONS sip:a SIP/2.0\r\n\r\n');
    await server.until(() => server.refusals.length === 1);
    const junk = new Promise<Error | null | undefined>(resolve => socket.write(Buffer.alloc(MANY), resolve));
    await clock.advance(1_000);
    expect(await junk).toBeInstanceOf(Error);
    expect(server.closed[0]?.error?.code).toBe('connection-lost');
    expect(clock.pending).toBe(0);
  });

  it('closes a connection that its peer has closed, though that reads nothing', async () => {
    const clock = new VirtualClock();
    const server = await listen(tcp({ address, clock, limits: { unsentBytes: MANY * 2 } }));
    const socket = connect({ port: server.transport.local.port, host: address, allowHalfOpen: true });
    socket.pause().on('error', () => {});
    socket.write(options());
    await server.until(() => server.messages.length === 1);
    const [flow] = server.flows;
    flow?.send(Buffer.alloc(MANY));
    socket.end();
    while (flow?.open) await new Promise(resolve => setImmediate(resolve));
    await clock.advance(1_000);
    await server.until(() => server.closed.length === 1);
    socket.destroy();
  });

  it('answers pings that come faster than it answers with few answers', async () => {
    const server = await listen(tcp({ address }));
    const socket = raw(server);
    let heard = '';
    socket.on('data', chunk => {
      heard += chunk;
    });
    socket.write('\r\n\r\n'.repeat(10_000) + options());
    await server.until(() => server.messages.length === 1);
    server.flows[0]?.send(Buffer.from('the end'));
    while (!heard.endsWith('the end')) await new Promise(resolve => socket.once('data', resolve));
    expect(heard.length).toBeLessThan(200);
    expect(heard.startsWith('\r\n')).toBe(true);
    socket.destroy();
  });

  it('closes a connection without traffic for 10 minutes, and keeps one with', async () => {
    const clock = new VirtualClock();
    const server = await listen(tcp({ address, clock }));
    const [quiet, busy] = [raw(server), raw(server)];
    for (const socket of [quiet, busy]) socket.resume().write(options());
    await server.until(() => server.messages.length === 2);
    await clock.advance(500_000);
    busy.write(options());
    await server.until(() => server.messages.length === 3);
    await clock.advance(100_000);
    await closing(quiet);
    expect(busy.destroyed).toBe(false);
    busy.destroy();
  });

  it('keeps a quiet connection for as long as it is needed', async () => {
    const clock = new VirtualClock();
    let isNeeded = true;
    const server = await listen(tcp({ address, clock }), () => isNeeded);
    const socket = raw(server);
    socket.resume().write(options());
    await server.until(() => server.messages.length === 1);
    await clock.advance(7_200_000);
    expect(server.flows[0]?.open).toBe(true);
    isNeeded = false;
    await clock.advance(600_000);
    await closing(socket);
    expect(server.closed[0]?.error).toBeUndefined();
  });

  it.each([
    ['TCP', () => tcp({ address })],
    ['TLS', () => secure()],
  ] as const)(
    'asks a peer that has connected by %s whether it is there, and pings one that it has connected to',
    async (protocol, make) => {
      const asked = vi.spyOn(Socket.prototype, 'setKeepAlive');
      const server = await listen(make());
      const client = await listen(make());
      (await client.transport.flowTo(to(server, protocol))).send(options());
      await server.until(() => server.messages.length === 1);
      const calls = asked.mock.contexts.map((socket, at) => [
        (socket as Socket).localPort === server.transport.local.port,
        ...(asked.mock.calls[at] ?? []),
      ]);
      asked.mockRestore();
      expect(calls).toEqual([[true, true, 120_000, 30_000, 4]]);
    },
  );

  it('takes no more connections from one address than it allows', async () => {
    const server = await listen(tcp({ address, limits: { connectionsPerPeer: 2 } }));
    const sockets = [raw(server), raw(server)];
    for (const socket of sockets) socket.write(options());
    await server.until(() => server.messages.length === 2);
    const third = raw(server);
    third.on('error', () => {});
    await closing(third.resume());
    for (const socket of sockets) socket.destroy();
  });

  it('answers the peer’s CRLF keep-alive with one CRLF (RFC 5626 §3.5.1)', async () => {
    const server = await listen(tcp({ address }));
    const socket = raw(server);
    socket.write('\r\n\r\n');
    const answer = await new Promise<Buffer>(resolve => socket.once('data', resolve));
    expect(answer.toString()).toBe('\r\n');
    socket.destroy();
  });

  /** A peer that takes connections, and what it is sent on each. */
  async function accepting() {
    const sockets: Socket[] = [];
    const server = createServer(socket => sockets.push(socket.on('error', () => {})));
    await new Promise<void>(resolve => server.listen(0, address, resolve));
    const { port } = server.address() as AddressInfo;
    servers.push(server);
    return { target: { protocol: 'TCP' as const, address, port }, sockets, server };
  }
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  const next = (socket: Socket | undefined) =>
    new Promise<string>(resolve => socket?.once('data', chunk => resolve(`${chunk}`)));
  const PING = '\r\n\r\n';

  it('pings every 2 minutes on connections that it opened, and gives up one whose peer has answered before and does not in 10 s', async () => {
    const clock = new VirtualClock();
    const client = await listen(tcp({ address, clock }));
    const { target, sockets } = await accepting();
    const flow = await client.transport.flowTo(target);
    flow.send(options());
    const [peer] = sockets;
    await next(peer);
    for (let ping = 1; ping <= 2; ping++) {
      const heard = next(peer);
      await clock.advance(120_000);
      expect(await heard).toBe(PING);
      // The pong goes before the message, so that it is there when that is.
      peer?.write(`\r\n${options()}`);
      await client.until(() => client.messages.length === ping);
    }
    await clock.advance(129_999);
    expect(flow.open).toBe(true);
    await clock.advance(1);
    await client.until(() => client.closed.length === 1);
    expect(client.closed[0]?.error?.code).toBe('connection-lost');
    expect(clock.pending).toBe(0);
  });

  it('keeps a connection whose peer never answers pings (RFC 5626 §3.5.1), and takes that one’s own for what they are', async () => {
    const clock = new VirtualClock();
    const client = await listen(tcp({ address, clock }));
    const { target, sockets } = await accepting();
    const flow = await client.transport.flowTo(target);
    for (let minutes = 0; minutes < 20; minutes += 5) {
      flow.send(options());
      await clock.advance(5 * 60_000);
    }
    expect(flow.open).toBe(true);
    await clock.advance(30_000);
    const [peer] = sockets;
    let heard = '';
    peer?.on('data', chunk => {
      heard += chunk;
    });
    peer?.write(PING + options());
    await client.until(() => client.messages.length === 1);
    flow.send(Buffer.from('the end'));
    while (!heard.endsWith('the end')) await next(peer);
    expect(heard.endsWith('\r\nthe end')).toBe(true);
    await clock.advance(200_000);
    expect(flow.open).toBe(true);
  });

  it('closes a connection that it opened 10 minutes after the last message, whatever keep-alives pass', async () => {
    const clock = new VirtualClock();
    let socket: Socket | undefined;
    const kind = {
      protocol: 'TCP',
      createServer,
      connect: ({ address: host, port }: Target, ready: () => void) => {
        socket = connect({ host, port }, ready);
        return socket;
      },
    } as const;
    const client = await listen(new StreamTransport(kind, { address, clock }));
    const { target, sockets } = await accepting();
    const flow = await client.transport.flowTo(target);
    const [peer] = sockets;
    peer?.on('data', chunk => {
      if (`${chunk}` === PING) peer.write('\r\n');
    });
    for (let minutes = 2; minutes < 10; minutes += 2) {
      const pong = next(socket);
      await clock.advance(120_000);
      await pong;
    }
    await clock.advance(119_999);
    expect(flow.open).toBe(true);
    await clock.advance(1);
    expect(flow.open).toBe(false);
    await client.until(() => client.closed.length === 1);
    expect(client.closed[0]?.error).toBeUndefined();
  });

  it.each([
    ['in all', { openedConnections: 2 }],
    ['to one address', { connectionsPerPeer: 2 }],
  ])('opens no more connections than it may have open %s', async (_which, limits) => {
    const client = await listen(tcp({ address, limits }));
    const peers = await Promise.all([accepting(), accepting(), accepting()]);
    const [first, second, third] = peers.map(({ target }) => target) as [Target, Target, Target];
    const [flow] = await Promise.all([first, second].map(target => client.transport.flowTo(target)));
    await expect(client.transport.flowTo(third)).rejects.toMatchObject({ code: 'too-many' });
    expect(await client.transport.flowTo(first)).toBe(flow);
    for (const socket of peers[0]?.sockets ?? []) socket.destroy();
    await client.until(() => client.closed.length === 1);
    expect((await client.transport.flowTo(third)).open).toBe(true);
  });

  it('counts none that could not be opened', async () => {
    const client = await listen(tcp({ address, limits: { openedConnections: 1 } }));
    const { target, server } = await accepting();
    await new Promise(resolve => server.close(resolve));
    // The socket of one that was refused is closed a moment later.
    const fault = async () => {
      try {
        return await client.transport.flowTo(target);
      } catch (error) {
        return (error as TransportError).code;
      }
    };
    for (let count = 0; count < 3; count++)
      await expect.poll(fault, { interval: 1 }).toBe('connection-refused');
  });
});

describe('certificates', () => {
  it('of a server must be vouched for', async () => {
    const server = await listen(secure());
    const client = await listen(tls({ address, ...certificates.server }));
    await expect(client.transport.flowTo(to(server, 'TLS'))).rejects.toMatchObject({
      code: 'certificate-refused',
    });
  });

  it('of a server must carry the name that was asked for', async () => {
    const server = await listen(secure());
    const client = await listen(secure());
    await expect(client.transport.flowTo(to(server, 'TLS', 'other.example.test'))).rejects.toMatchObject({
      code: 'certificate-refused',
    });
    const flow = await client.transport.flowTo(to(server, 'TLS', 'sip.example.test'));
    expect(flow.open).toBe(true);
  });

  it('are not checked where that was switched off', async () => {
    const server = await listen(secure());
    const client = await listen(tls({ address, ...certificates.server, verify: false }));
    expect((await client.transport.flowTo(to(server, 'TLS', 'any.example.test'))).open).toBe(true);
  });

  it('of a client are asked for where required', async () => {
    const server = await listen(secure({ requireClientCertificate: true }));
    const client = await listen(secure({ clientCertificate: certificates.client }));
    (await client.transport.flowTo(to(server, 'TLS'))).send(options());
    await server.until(() => server.messages.length === 1);
    const nobody = connectTls({
      port: server.transport.local.port,
      host: address,
      ca: certificates.authority,
    });
    await new Promise<void>(resolve => {
      nobody.on('error', () => {});
      nobody.once('close', () => resolve());
      nobody.resume();
    });
    expect(server.messages).toHaveLength(1);
  });

  it.each([address, 'localhost'])(
    'are asked of %s, though a connection has come from that very port that showed none',
    async host => {
      const server = await listen(secure());
      const client = await listen(secure());
      (await client.transport.flowTo(to(server, 'TLS'))).send(options());
      await server.until(() => server.messages.length === 1);
      const target = { protocol: 'TLS', ...(server.flows[0] as Flow).remote } as const;
      expect(await server.transport.flowTo(target)).toBe(server.flows[0]);
      await expect(server.transport.flowTo({ ...target, host })).rejects.toMatchObject({
        code: 'connection-refused',
      });
    },
  );

  it('of two names on one address have a connection each', async () => {
    const server = await listen(secure());
    const client = await listen(secure());
    const one = await client.transport.flowTo(to(server, 'TLS', 'localhost'));
    const two = await client.transport.flowTo(to(server, 'TLS', 'sip.example.test'));
    expect(one).not.toBe(two);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('%s is spoken', async version => {
    const server = await listen(secure());
    const socket = connectTls({
      port: server.transport.local.port,
      host: address,
      ca: certificates.authority,
      minVersion: version,
      maxVersion: version,
    });
    await new Promise(resolve => socket.once('secureConnect', resolve));
    expect(socket.getProtocol()).toBe(version);
    socket.destroy();
  });

  it('TLS 1.1 is refused', async () => {
    const server = await listen(secure());
    const socket = connectTls({
      port: server.transport.local.port,
      host: address,
      ca: certificates.authority,
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const outcome = await new Promise(resolve => {
      socket.once('secureConnect', () => resolve('connected'));
      socket.once('error', () => resolve('refused'));
    });
    expect(outcome).toBe('refused');
  });
});
