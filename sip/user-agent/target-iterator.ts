import type { Targets } from '../resolve/resolver.ts';
import type { Target } from '../transport/transport.ts';

/** Targets one after another: those that are known at once, others when their names are resolved. */
export type TargetIterator = Iterator<Target> | AsyncIterator<Target>;

/** Goes through what a resolver has found. */
export function targetIterator(targets: Targets): TargetIterator {
  return Symbol.iterator in targets ? targets[Symbol.iterator]() : targets[Symbol.asyncIterator]();
}

/** No target, or none any more. */
export const nowhere: TargetIterator = { next: () => ({ done: true, value: undefined }) };
