import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Suite } from '../suite.ts';
import { fuzz } from './fuzz/run.ts';

const ROUNDS = 10;
/** One input may not take longer: a parser whose time grows with the square of its input would. */
const HANG_MS = 1_000;
/** What the heap may gain between the first round and the last. */
const GROWTH_BYTES = 2 ** 20;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** At least a million inputs (FUZZ_COUNT, FUZZ_SEED) without a crash, a hang or growth of the heap. */
export const sipFuzz: Suite = async () => {
  const count = Number(process.env['FUZZ_COUNT'] ?? 1_000_000);
  const seed = Number(process.env['FUZZ_SEED'] ?? 20_260);
  const heap: number[] = [];
  let slowest = 0;
  const start = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) {
    const { slowestMs } = fuzz(seed + round, Math.ceil(count / ROUNDS));
    slowest = Math.max(slowest, slowestMs);
    collect();
    heap.push(process.memoryUsage().heapUsed);
  }
  const seconds = (performance.now() - start) / 1_000;
  const growth = (heap.at(-1) as number) - (heap[1] as number);
  return [
    {
      what: `fuzzed messages, seed ${seed}, none crashed`,
      value: count,
      unit: 'inputs',
      target: { atLeast: count },
    },
    { what: 'fuzzed messages a second', value: count / seconds, unit: '/s' },
    { what: 'the slowest of them', value: slowest, unit: 'ms', target: { atMost: HANG_MS } },
    {
      what: 'growth of the heap',
      value: growth / 1_024,
      unit: 'kB',
      target: { atMost: GROWTH_BYTES / 1_024 },
    },
  ];
};
