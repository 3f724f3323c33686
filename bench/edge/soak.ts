import { type Figure, median } from '../suite.ts';
import { uriThrough } from './beside-peers.ts';
import { withEdge } from './edge-under-test.ts';
import { call, wait } from './programs.ts';

/** Calls in rounds, on a clock by which everything is over soon. The first of them is not compared: code is still being made. */
const ROUND = { callsPerSecond: 250, calls: 500, holdMs: 20 } as const;
const LEAST_ROUNDS = 8;
const CLOCK_FACTOR = '20';
const HELD = { callsPerSecond: 250, calls: 500, holdMs: 7_000 } as const;
/** All of them stand by then, and their INVITEs are over. */
const HELD_AFTER_MS = 5_000;
/** What the heap may gain a call from round to round. */
const GROWTH_BYTES_A_CALL = 100;

/**
 * Round after round of calls: after each, everything is gone, and the heap that is left after a collection is where it
 * was. It ends after a few rounds, or goes on for `minutes`. Then calls that stand.
 */
export async function soak(target: number, minutes: number): Promise<Figure[]> {
  const end = performance.now() + minutes * 60_000;
  return withEdge({ TARGET_PORT: String(target), CLOCK_FACTOR }, async edge => {
    const { port } = edge;
    const uri = uriThrough(port);
    const heap: number[] = [];
    let failed = 0;
    while (heap.length < LEAST_ROUNDS || performance.now() < end) {
      failed += await call({ port, uri, ...ROUND });
      heap.push(await edge.heldBytes());
    }
    const [, ...compared] = heap;
    const steps = compared.slice(1).map((bytes, at) => bytes - (compared[at] ?? bytes));
    const calling = call({ port, uri, ...HELD });
    await wait(HELD_AFTER_MS);
    const held = ((await edge.heldBytes()) - (heap.at(-1) ?? 0)) / HELD.calls;
    await calling;
    const megabytes = compared.map(bytes => bytes / 2 ** 20);
    return [
      // Its clock, and so its patience, is much shorter than that of its peers: a loaded machine may fail some.
      {
        what: `calls that failed of ${heap.length * ROUND.calls} in ${heap.length} rounds`,
        value: failed,
        unit: 'calls',
      },
      { what: 'heap after a collection, smallest of all rounds', value: Math.min(...megabytes), unit: 'MB' },
      { what: 'heap after a collection, largest of all rounds', value: Math.max(...megabytes), unit: 'MB' },
      // The median: once, some 20 s after its start, the process gives 5 MB of what it began with back.
      {
        what: `growth of the heap from round to round, median of ${steps.length}`,
        value: median(steps) / ROUND.calls,
        unit: 'bytes a call',
        target: { atMost: GROWTH_BYTES_A_CALL },
      },
      { what: 'heap of a call that stands, both legs', value: held / 1_024, unit: 'kB' },
    ];
  });
}
