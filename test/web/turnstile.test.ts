import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REQUESTS_PER_SERVER } from '../../web/client.ts';
import { Turnstile } from '../../web/turnstile.ts';
import { httpServer, loopbackClient } from './servers.ts';

const settle = () => new Promise(resolve => setImmediate(resolve));

describe('A turnstile', () => {
  it('lets the next one in when one leaves, in the order in which they came', async () => {
    const turnstile = new Turnstile(2);
    const { signal } = new AbortController();
    const order: string[] = [];
    const leave: (() => void)[] = [];
    for (const name of ['a', 'b', 'c', 'd']) {
      void turnstile.pass('server', signal, () => {
        order.push(name);
        return new Promise<void>(resolve => leave.push(resolve));
      });
    }

    expect(order).toEqual(['a', 'b']);
    leave[1]?.();
    await settle();
    expect(order).toEqual(['a', 'b', 'c']);
    leave[0]?.();
    leave[2]?.();
    await settle();
    expect(order).toEqual(['a', 'b', 'c', 'd']);
  });

  it('does not make one server wait for another', async () => {
    const turnstile = new Turnstile(1);
    const { signal } = new AbortController();

    void turnstile.pass('slow', signal, () => new Promise(() => {}));

    expect(await turnstile.pass('fast', signal, async () => 'through')).toBe('through');
  });

  it('lets nobody in who gave up waiting, and no place is lost by it', async () => {
    const turnstile = new Turnstile(1);
    const { signal } = new AbortController();
    const impatient = new AbortController();
    const inside = Promise.withResolvers<void>();
    void turnstile.pass('server', signal, () => inside.promise);

    const outcome = turnstile.pass('server', impatient.signal, async () => 'through');
    impatient.abort(new Error('too late'));
    await expect(outcome).rejects.toThrow('too late');
    inside.resolve();

    expect(await turnstile.pass('server', signal, async () => 'through')).toBe('through');
  });

  it('never has more inside than it has places, whoever comes, fails or gives up', async () => {
    const visitor = fc.record({ stays: fc.nat(5), fails: fc.boolean(), givesUpAfter: fc.option(fc.nat(5)) });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(visitor, { maxLength: 20 }),
        async (places, visitors) => {
          const turnstile = new Turnstile(places);
          let inside = 0;
          const visits = visitors.map(async ({ stays, fails, givesUpAfter }) => {
            const controller = new AbortController();
            const visit = turnstile.pass('server', controller.signal, async () => {
              inside++;
              expect(inside).toBeLessThanOrEqual(places);
              for (let turn = 0; turn < stays; turn++) await Promise.resolve();
              inside--;
              if (fails) throw new Error('failed');
            });
            for (let turn = 0; turn < (givesUpAfter ?? 0); turn++) await Promise.resolve();
            if (givesUpAfter !== null) controller.abort(new Error('gave up'));
            await visit.catch(({ message }) => expect(['failed', 'gave up']).toContain(message));
          });
          await Promise.all(visits);
          expect(inside).toBe(0);
          expect(await turnstile.pass('server', new AbortController().signal, async () => 'free')).toBe(
            'free',
          );
        },
      ),
    );
  });
});

describe('A burst of requests', () => {
  it('opens no more connections than may be used at a time, and loses none', async () => {
    const server = await httpServer((_, response) => response.end());
    const web = loopbackClient();

    const answers = await Promise.all(
      Array.from({ length: 300 }, () => web.request({ method: 'POST', url: server.url, body: 'x' })),
    );

    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(server.connections.size).toBeLessThanOrEqual(REQUESTS_PER_SERVER);
  });
});
