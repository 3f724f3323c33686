import { messages } from '../../../test/sip/torture/messages.ts';
import { invite } from '../invite.ts';
import { Dice } from './dice.ts';
import { exercise } from './exercise.ts';
import { sentence } from './grammar.ts';
import { mutate } from './mutate.ts';

export interface FuzzResult {
  readonly accepted: number;
  readonly refused: number;
  /** The longest that one input took, in milliseconds. */
  readonly slowestMs: number;
}

const seeds: readonly Buffer[] = [invite, ...messages.map(({ bytes }) => bytes)];

/** The `index`-th input of a run: a third are sentences, a third mutants of them, a third mutants of real messages. */
function inputFor(index: number, dice: Dice): Buffer {
  if (index % 3 === 2) return mutate(dice.pick(seeds), dice.pick(seeds), dice);
  const bytes = Buffer.from(sentence(dice));
  return index % 3 === 0 ? bytes : mutate(bytes, dice.pick(seeds), dice);
}

function timeOf(input: Buffer): number {
  const start = performance.now();
  exercise(input);
  return performance.now() - start;
}

/** Exercises the stack with `count` inputs that follow from `seed`. @throws with the input that broke it */
export function fuzz(seed: number, count: number): FuzzResult {
  const dice = new Dice(seed);
  const tally = { accepted: 0, refused: 0 };
  let slowestMs = 0;
  for (let index = 0; index < count; index += 1) {
    const input = inputFor(index, dice);
    const start = performance.now();
    try {
      tally[exercise(input)] += 1;
    } catch (cause) {
      throw new Error(
        `Input ${index} of seed ${seed} broke the stack: ${JSON.stringify(input.toString('latin1'))}`,
        { cause },
      );
    }
    const elapsedMs = performance.now() - start;
    // A busy machine or the garbage collector is slow once; an input that is slow is so again.
    if (elapsedMs > slowestMs) slowestMs = Math.max(slowestMs, Math.min(elapsedMs, timeOf(input)));
  }
  return { ...tally, slowestMs };
}
