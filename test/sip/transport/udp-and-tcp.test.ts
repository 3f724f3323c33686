import { createServer, Server } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createUserAgent, type UserAgent, udpAndTcp } from '../../../sip/user-agent.ts';

const address = '127.0.0.1';
let agent: UserAgent;

afterEach(() => agent.close());

describe('UDP and TCP at one port', () => {
  it('are at the one that UDP has got, where any will do', async () => {
    agent = createUserAgent({ transports: udpAndTcp({ address, port: 0 }) });
    await agent.start();
    const [first, second] = agent.transport.transports.map(({ protocol, local }) => ({ protocol, ...local }));
    expect(first).toMatchObject({ protocol: 'UDP', address });
    expect(first?.port).toBeGreaterThan(0);
    expect(second).toEqual({ ...first, protocol: 'TCP' });
  });

  it('are at another one where that is taken by TCP', async () => {
    agent = createUserAgent({ transports: udpAndTcp({ address, port: 0 }) });
    let tries = 0;
    const listen = vi.spyOn(Server.prototype, 'listen').mockImplementationOnce(function (this: Server) {
      tries++;
      queueMicrotask(() => this.emit('error', Object.assign(new Error('taken'), { code: 'EADDRINUSE' })));
      return this;
    });
    await agent.start();
    expect(tries).toBe(1);
    expect(new Set(agent.transport.transports.map(({ local }) => local.port)).size).toBe(1);
    listen.mockRestore();
  });

  it('fail together where TCP is taken', async () => {
    const squatter = createServer();
    await new Promise<void>(resolve => squatter.listen(0, address, resolve));
    const { port } = squatter.address() as { port: number };
    agent = createUserAgent({ transports: udpAndTcp({ address, port }) });
    await expect(agent.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await new Promise(resolve => squatter.close(resolve));
  });
});
