import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
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

  it('fail together where TCP is taken', async () => {
    const squatter = createServer();
    await new Promise<void>(resolve => squatter.listen(0, address, resolve));
    const { port } = squatter.address() as { port: number };
    agent = createUserAgent({ transports: udpAndTcp({ address, port }) });
    await expect(agent.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await new Promise(resolve => squatter.close(resolve));
  });
});
