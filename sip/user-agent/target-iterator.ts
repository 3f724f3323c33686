import { none } from '../none.ts';
import type { Resolver } from '../resolve/resolver.ts';
import type { Target } from '../transport/transport.ts';
import type { Uri } from '../uri/uri.ts';
import { destinationOf } from './addresses.ts';

/** Targets one after another: those that are known at once, others when their names are resolved. */
export type TargetIterator = Iterator<Target> | AsyncIterator<Target>;

/** Where a URI leads to; nowhere where it names no host. */
export function targetsOf(uri: Uri, resolver: Resolver): TargetIterator {
  const destination = destinationOf(uri);
  const targets = destination === undefined ? none : resolver.targets(destination);
  return Symbol.iterator in targets ? targets[Symbol.iterator]() : targets[Symbol.asyncIterator]();
}
