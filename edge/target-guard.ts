import type { Resolver } from '../sip/resolve/resolver.ts';
import type { Target } from '../sip/transport/transport.ts';

/** Which addresses may be called. */
export interface TargetGuard {
  /** Why this IP address may not be reached; undefined when it may. */
  refusal(address: string): { readonly reason: string } | undefined;
}

/** Every address that a name leads to is one that customers may not reach. */
export class TargetRefused extends Error {
  override readonly name = 'TargetRefused';

  constructor(reason: string) {
    super(`The address may not be called: ${reason}. Its operator can allow the network.`);
  }
}

/**
 * A resolver that gives only addresses that may be reached. It stands where an address becomes a connection, so that
 * no name, redirect, Contact or Record-Route of a peer leads past it.
 */
export function guardedResolver(resolver: Resolver, guard: TargetGuard): Resolver {
  return {
    targets(destination) {
      const targets = resolver.targets(destination);
      const isAdmitted = ({ address }: Target) => guard.refusal(address) === undefined;
      if (Array.isArray(targets) && targets.every(isAdmitted)) return targets;
      const gate = new Gate(guard);
      return Symbol.iterator in targets ? admitted(targets, gate) : admittedLater(targets, gate);
    },
  };
}

/** Lets targets through one by one, and knows in the end whether all of them were refused. */
class Gate {
  readonly #guard: TargetGuard;
  #refused: string | undefined;
  #some = false;

  constructor(guard: TargetGuard) {
    this.#guard = guard;
  }

  admits({ address }: Target): boolean {
    const refusal = this.#guard.refusal(address);
    if (refusal === undefined) this.#some = true;
    else this.#refused = refusal.reason;
    return refusal === undefined;
  }

  /** There are no more. @throws TargetRefused */
  end(): void {
    if (!this.#some && this.#refused !== undefined) throw new TargetRefused(this.#refused);
  }
}

function* admitted(targets: Iterable<Target>, gate: Gate): Generator<Target> {
  for (const target of targets) if (gate.admits(target)) yield target;
  gate.end();
}

async function* admittedLater(targets: AsyncIterable<Target>, gate: Gate): AsyncGenerator<Target> {
  for await (const target of targets) if (gate.admits(target)) yield target;
  gate.end();
}
