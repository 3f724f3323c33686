import type { Clock } from '../clock.ts';
import type { NameAddr } from '../header/name-addr.ts';
import type { Target } from '../transport/transport.ts';
import type { Uri } from '../uri/uri.ts';

/** One Contact under which an address-of-record is reached (RFC 3261 §10). */
export interface Binding {
  readonly contact: Uri;
  /** The way to it (RFC 3327): the routes of a request to this contact. */
  readonly path: readonly NameAddr[];
  /** Where the REGISTER came from: behind a NAT, the only way to the contact. */
  readonly received: Target;
  /** Preference, 0 to 1. */
  readonly q: number;
  /** Milliseconds of the clock. */
  readonly expiresAt: number;
  readonly callId: string;
  readonly sequence: number;
}

/** The bindings of all addresses-of-record. What has expired is not there any more. */
export class Bindings {
  readonly #clock: Clock;
  readonly #byAddress = new Map<string, Binding[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The bindings of an address-of-record, the preferred first. */
  of(address: Uri): readonly Binding[] {
    const key = addressOfRecord(address);
    const live = (this.#byAddress.get(key) ?? []).filter(binding => binding.expiresAt > this.#clock.now());
    if (live.length > 0) this.#byAddress.set(key, live);
    else this.#byAddress.delete(key);
    return live;
  }

  replace(address: Uri, bindings: readonly Binding[]): void {
    if (bindings.length > 0) this.#byAddress.set(addressOfRecord(address), [...bindings]);
    else this.#byAddress.delete(addressOfRecord(address));
  }
}

/** The canonical form of RFC 3261 §10.3 step 5: no parameters, no port, the host in lower case. */
export function addressOfRecord(uri: Uri): string {
  if (uri.kind !== 'sip') return uri.toString();
  return `${uri.scheme}:${uri.user === undefined ? '' : `${uri.user}@`}${uri.host.toLowerCase()}`;
}
