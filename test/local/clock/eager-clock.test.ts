import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Front, startFront } from '../../../local/aws/front.ts';
import { createFunctionHost } from '../../../local/aws/lambda/function-host.ts';
import { createLambda } from '../../../local/aws/lambda/lambda.ts';
import { EagerClock } from '../../../local/clock/eager-clock.ts';
import { clientConfig } from '../aws/sdk.ts';

const realSleep = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));

describe('the eager clock', () => {
  let clock: EagerClock;
  const cleanUp: (() => unknown)[] = [];

  beforeEach(() => {
    clock = new EagerClock({ startMs: 0 });
    cleanUp.push(() => clock.close());
  });

  afterEach(async () => {
    for (const task of cleanUp.splice(0).reverse()) await task();
  });

  it('goes from timer to timer, in order, when nothing is under way', async () => {
    const fired: [string, number][] = [];
    const at = (name: string, ms: number) => clock.after(ms, () => fired.push([name, clock.now()]));
    at('late', 30_000);
    at('early', 1000);
    at('also early', 1000);
    at('never', 500).cancel();
    await clock.settled();
    expect(fired).toEqual([
      ['early', 1000],
      ['also early', 1000],
      ['late', 30_000],
    ]);
    expect(clock.now()).toBe(30_000);
  });

  it('takes milliseconds for half a minute', async () => {
    const startedAt = performance.now();
    await clock.sleep(30_000);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it('stands still while something is held', async () => {
    const release = clock.hold('a request');
    clock.after(1000, () => {});
    await realSleep(20);
    expect(clock.now()).toBe(0);
    expect(clock.busyWith).toEqual(['a request']);
    release();
    await clock.settled();
    expect(clock.now()).toBe(1000);
  });

  it('fires a timer for whoever set it, not for the function whose end let time move', async () => {
    const answered: number[] = [];
    const ring = () => clock.after(1000, () => answered.push(clock.now()));
    const release = clock.hold('a request');
    clock.after(500, ring);
    await realSleep(5);
    await clock.invocation('caller', async () => {
      release();
      await clock.sleep(600);
    });
    await clock.settled();
    expect(answered).toEqual([1500]);
  });

  it('does not go by itself to what is more than two minutes away', async () => {
    let fired = false;
    clock.after(120_001, () => {
      fired = true;
    });
    await clock.settled();
    expect([clock.now(), fired]).toEqual([0, false]);
    await clock.advance(120_001);
    expect([clock.now(), fired]).toEqual([120_001, true]);
  });

  it('advances past everything that is due on the way, and no further', async () => {
    clock.close();
    clock = new EagerClock({ startMs: 0, maxLeapMs: 0 });
    const fired: number[] = [];
    for (const ms of [10_000, 3_600_000, 7_200_001]) clock.after(ms, () => fired.push(clock.now()));
    await clock.advance(7_200_000);
    expect(fired).toEqual([10_000, 3_600_000]);
    expect(clock.now()).toBe(7_200_000);
    await clock.advance(1);
    expect(fired).toHaveLength(3);
  });

  it('stands still while a function works, and moves while it sleeps', async () => {
    clock.after(1000, () => {});
    const log: number[] = [];
    await clock.invocation('worker', async () => {
      await realSleep(20);
      log.push(clock.now());
      await clock.sleep(3500);
      log.push(clock.now());
    });
    expect(log).toEqual([0, 3500]);
  });

  it('forgets what a function that has answered still slept for', async () => {
    await clock.invocation('worker', async () => {
      clock.sleep(5000);
    });
    await clock.settled();
    expect(clock.now()).toBe(0);
  });

  describe('with functions that make requests', () => {
    let front: Front;
    let server: Server;
    let serverUrl: string;
    let answer: () => Promise<void>;
    const host = () => createFunctionHost({ clock });

    beforeEach(async () => {
      server = createServer(async (_request, response) => {
        await answer();
        response.end('answer');
      });
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
      serverUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      cleanUp.push(() => {
        server.closeAllConnections();
        server.close();
      });
    });

    const ask = async () => {
      const { get } = await import('node:http');
      await new Promise<void>((resolve, reject) => {
        get(serverUrl, response => response.resume().once('end', resolve)).once('error', reject);
      });
    };

    it('waits for a customer’s server that is slow in real time', async () => {
      answer = () => realSleep(40);
      const winner = await clock.invocation('fetch', () =>
        Promise.race([ask().then(() => 'answer'), clock.sleep(15_000).then(() => 'too late')]),
      );
      expect([winner, clock.now()]).toEqual(['answer', 0]);
    });

    it('moves while a customer’s server answers late by the clock', async () => {
      answer = () => clock.answerAfter(6000);
      await clock.invocation('fetch', ask);
      expect(clock.now()).toBe(6000);
    });

    it('moves while a function waits for another that sleeps', async () => {
      const functions = host();
      front = await startFront({ services: { lambda: createLambda(functions) } });
      cleanUp.push(() => front.close());
      const lambda = new LambdaClient(clientConfig(front));
      cleanUp.push(() => lambda.destroy());
      functions.add({
        name: 'inner',
        memoryMb: 128,
        timeoutSeconds: 30,
        handler: async () => {
          await clock.sleep(4000);
          return clock.now();
        },
      });
      functions.add({
        name: 'outer',
        memoryMb: 128,
        timeoutSeconds: 30,
        handler: async () => {
          const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'inner' }));
          return { inner: JSON.parse(Buffer.from(Payload ?? []).toString()), outer: clock.now() };
        },
      });
      const { payload, durationMs } = await functions.invoke('outer', '{}');
      expect(JSON.parse(payload)).toEqual({ inner: 4000, outer: 4000 });
      expect(durationMs).toBeGreaterThanOrEqual(4000);
    });
  });

  it('ends a function at its time limit by the clock', async () => {
    const functions = createFunctionHost({ clock });
    functions.add({ name: 'slow', memoryMb: 128, timeoutSeconds: 10, handler: () => clock.sleep(60_000) });
    const { functionError, payload } = await functions.invoke('slow', '{}');
    expect(functionError).toBe('Unhandled');
    expect(payload).toContain('Task timed out after 10.00 seconds');
    expect(clock.now()).toBe(10_000);
  });
});
