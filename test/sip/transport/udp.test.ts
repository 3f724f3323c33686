import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { udp } from '../../../sip/transport/udp.ts';
import { type Listening, listening, options } from '../support/sockets.ts';

const open: Listening[] = [];

async function listen(address = '127.0.0.1'): Promise<Listening> {
  const made = await listening(udp({ address }));
  open.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ transport }) => transport.close()));
});

describe.each(['127.0.0.1', '::1'])('UDP on %s', address => {
  it('carries datagrams both ways from one socket', async () => {
    const server = await listen(address);
    const client = await listen(address);
    const flow = await client.transport.flowTo({
      protocol: 'UDP',
      address,
      port: server.transport.local.port,
    });
    flow.send(options('there'));
    await server.until(() => server.messages.length === 1);
    expect(server.flows[0]?.remote).toEqual(client.transport.local);
    server.flows[0]?.send(options('back'));
    await client.until(() => client.messages.length === 1);
    expect(client.flows[0]?.remote).toEqual(server.transport.local);
  });
});

describe('a UDP listener', () => {
  it('has one flow for each peer, whichever of them began', async () => {
    const server = await listen();
    const [one, other] = [await listen(), await listen()];
    const { local } = one.transport;
    const there = { protocol: 'UDP', ...server.transport.local } as const;
    for (const client of [one, other, one]) {
      (await client.transport.flowTo(there)).send(options());
      const count = server.messages.length + 1;
      await server.until(() => server.messages.length === count);
    }
    const [first, second, third] = server.flows;
    expect(third).toBe(first);
    expect(second?.remote).toEqual(other.transport.local);
    expect(await server.transport.flowTo({ protocol: 'UDP', ...local })).toBe(first);
    // Another peer may have the same port.
    const elsewhere = await server.transport.flowTo({ protocol: 'UDP', ...local, address: '127.0.0.2' });
    expect(elsewhere.remote).toEqual({ ...local, address: '127.0.0.2' });
  });

  it('ignores keep-alives', async () => {
    const server = await listen();
    const socket = createSocket('udp4');
    const { port } = server.transport.local;
    for (const bytes of ['\r\n', '\r\n\r\n', '\0']) socket.send(bytes, port, '127.0.0.1');
    socket.send(options(), port, '127.0.0.1');
    await server.until(() => server.messages.length === 1);
    expect(server.messages[0]).toEqual(options());
    socket.close();
  });

  it('says when a datagram is too large to leave', async () => {
    const client = await listen();
    const flow = await client.transport.flowTo({ protocol: 'UDP', address: '127.0.0.1', port: 9 });
    const code = await new Promise(resolve => flow.send(Buffer.alloc(70_000), error => resolve(error.code)));
    expect(code).toBe('too-large');
  });

  it.each([0, 65_536, Number.NaN])('says later that nothing can be sent to port %d', async port => {
    const client = await listen();
    const flow = await client.transport.flowTo({ protocol: 'UDP', address: '127.0.0.1', port });
    let isLater = false;
    const told = new Promise<[string, boolean]>(resolve =>
      flow.send(options(), ({ code }) => resolve([code, isLater])),
    );
    isLater = true;
    expect(await told).toEqual(['connection-refused', true]);
    // Whoever does not want to know need not.
    flow.send(options());
  });

  it('goes on after a peer that is not there', async () => {
    const server = await listen();
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    await new Promise<void>(resolve => socket.close(resolve));
    const flow = await server.transport.flowTo({ protocol: 'UDP', address: '127.0.0.1', port });
    flow.send(options());
    const self = await server.transport.flowTo({ protocol: 'UDP', ...server.transport.local });
    self.send(options('self'));
    await server.until(() => server.messages.length === 1);
  });

  it('sends nothing once it is closed', async () => {
    const client = await listen();
    const flow = await client.transport.flowTo({ protocol: 'UDP', address: '127.0.0.1', port: 9 });
    await client.transport.close();
    const code = await new Promise(resolve => flow.send(options(), error => resolve(error.code)));
    expect([code, flow.open]).toEqual(['closed', false]);
    await expect(
      client.transport.flowTo({ protocol: 'UDP', address: '127.0.0.1', port: 9 }),
    ).rejects.toThrow();
  });
});
