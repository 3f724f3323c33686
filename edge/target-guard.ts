import type { Resolver } from '../sip/resolve/resolver.ts';

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
    async *targets(destination) {
      let refused: string | undefined;
      let some = false;
      for await (const target of resolver.targets(destination)) {
        const refusal = guard.refusal(target.address);
        if (refusal === undefined) {
          some = true;
          yield target;
        } else refused = refusal.reason;
      }
      if (!some && refused !== undefined) throw new TargetRefused(refused);
    },
  };
}
