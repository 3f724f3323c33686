import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../support/virtual-clock.ts';
import { httpServer, loopbackClient, tcpServer } from './servers.ts';

/** Waits, in real time but briefly, until something holds that takes real sockets to come about. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 2));
}

const never = new Promise<never>(() => {});

describe('Time limits', () => {
  it('give name resolution 2 s', async () => {
    const clock = new VirtualClock();
    const web = loopbackClient({ clock, lookup: () => never });

    const outcome = web.request({ method: 'GET', url: 'http://slow.test/' }).catch(error => error);
    await clock.advance(2_000);

    expect(await outcome).toMatchObject({ code: 'dns-failed', number: 11210 });
  });

  it('count the time of name resolution as time of connecting', async () => {
    const virtual = new VirtualClock();
    const dns = Promise.withResolvers<{ address: string }[]>();
    const dueAtOnce = (delayMs: number, task: () => void) => {
      if (delayMs !== 500) return virtual.after(delayMs, task);
      task();
      return { cancel() {} };
    };
    const clock = { now: () => virtual.now(), after: dueAtOnce };
    const server = await httpServer((_, response) => response.end());
    const url = server.url.replace('127.0.0.1', 'slow.test');

    const outcome = loopbackClient({ clock, lookup: () => dns.promise })
      .request({ method: 'GET', url })
      .catch(error => error);
    await virtual.advance(1_500);
    dns.resolve([{ address: '127.0.0.1' }]);

    expect(await outcome).toMatchObject({ code: 'connect-failed', number: 11205 });
    expect(server.seen).toEqual([]);
  });

  it('give the first byte 5 s', async () => {
    const clock = new VirtualClock();
    const server = await httpServer(() => {});
    const web = loopbackClient({ clock });

    const outcome = web.request({ method: 'POST', url: server.url, body: 'x' }).catch(error => error);
    await until(() => server.seen.length === 1);
    await clock.advance(5_000);

    const error = await outcome;
    expect(error).toMatchObject({ code: 'timed-out', number: 11200 });
    expect(error.message).toContain('sent nothing for 5000 ms');
  });

  it('give each gap in the answer 5 s', async () => {
    const clock = new VirtualClock();
    const server = await httpServer((_, response) => response.write('<Resp'));
    const web = loopbackClient({ clock });

    const outcome = web.request({ method: 'GET', url: server.url }).catch(error => error);
    await until(() => server.seen.length === 1);
    await new Promise(resolve => setTimeout(resolve, 50));
    await clock.advance(5_000);

    const error = await outcome;
    expect(error).toMatchObject({ code: 'timed-out', number: 11200 });
    expect(error.message).toContain('sent nothing more');
  });

  it('end a slow drip after 15 s in all', async () => {
    const clock = new VirtualClock();
    const server = await httpServer((_, response) => {
      const drip = setInterval(() => response.write('x'), 2);
      response.on('close', () => clearInterval(drip));
    });
    const web = loopbackClient({ clock });

    let error: Error | undefined;
    void web.request({ method: 'GET', url: server.url }).catch(caught => {
      error = caught;
    });
    await until(() => server.seen.length === 1);
    const startedMs = clock.now();
    while (error === undefined) {
      await new Promise(resolve => setTimeout(resolve, 10));
      await clock.advance(1_000);
    }

    expect(error).toMatchObject({ code: 'timed-out' });
    expect(error.message).toContain('more than 15000 ms in all');
    expect(clock.now() - startedMs).toBe(15_000);
  });

  it('count redirects into the total', async () => {
    const clock = new VirtualClock();
    const server = await httpServer(({ url }, response) => {
      if (url === '/1')
        setImmediate(async () => {
          await clock.advance(4_000);
          response.writeHead(302, { location: '/2' }).end();
        });
    });

    const outcome = loopbackClient({ clock, limits: { totalMs: 6_000 } })
      .request({ method: 'GET', url: `${server.url}/1` })
      .catch(error => error);
    await until(() => server.seen.length === 2);
    await clock.advance(2_000);

    expect(await outcome).toMatchObject({ code: 'timed-out' });
  });

  it('are those of the URL where it sets them', async () => {
    const clock = new VirtualClock();
    const server = await httpServer(() => {});
    const web = loopbackClient({ clock });

    const outcome = web.request({ method: 'GET', url: `${server.url}/#rt=300` }).catch(error => error);
    await until(() => server.seen.length === 1);
    await clock.advance(300);

    expect((await outcome).message).toContain('sent nothing for 300 ms');
    expect(server.seen[0]?.url).toBe('/');
  });

  it('that cannot be understood are an error before anything is asked', async () => {
    const server = await httpServer((_, response) => response.end());

    await expect(
      loopbackClient().request({ method: 'GET', url: `${server.url}/#tt=20000` }),
    ).rejects.toMatchObject({ code: 'invalid-url-options', number: 11243 });
    expect(server.connections.size).toBe(0);
  });

  it('give the TLS handshake 5 s', async () => {
    const clock = new VirtualClock();
    const server = await tcpServer(() => {});
    const web = loopbackClient({ clock });

    const outcome = web
      .request({ method: 'GET', url: server.url.replace('http:', 'https:') })
      .catch(error => error);
    await until(() => server.connections.size === 1);
    await new Promise(resolve => setTimeout(resolve, 50));
    await clock.advance(5_000);

    expect(await outcome).toMatchObject({ code: 'tls-failed', number: 11220 });
  });

  it('leave nothing behind', async () => {
    const clock = new VirtualClock();
    const server = await httpServer((_, response) => response.end());

    await loopbackClient({ clock }).request({ method: 'GET', url: server.url });

    expect(clock.nextDueMs).toBeUndefined();
  });
});
