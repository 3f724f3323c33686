import type { Clock } from '../clock.ts';
import type { IncomingRequest } from '../session/incoming-request.ts';
import type { Uri } from '../uri/uri.ts';
import { type Binding, Bindings } from './bindings.ts';
import { confirmation, holdFlow, type RegistrarLimits, register, registrarLimits } from './register.ts';

/** A registrar's settings. */
export interface RegistrarOptions {
  readonly clock: Clock;
  readonly limits?: Partial<RegistrarLimits>;
  /** Whether an address-of-record may be registered here; 404 where it may not. Everything may, if not given. */
  readonly serves?: (address: Uri) => boolean;
}

/**
 * The server side of REGISTER (RFC 3261 §10.3), with Path (RFC 3327), and bindings in memory. Who may register is its
 * user's business.
 */
export class Registrar {
  readonly #clock: Clock;
  readonly #limits: RegistrarLimits;
  readonly #serves: (address: Uri) => boolean;
  readonly #bindings: Bindings;

  constructor({ clock, limits, serves = () => true }: RegistrarOptions) {
    this.#clock = clock;
    this.#limits = { ...registrarLimits, ...limits };
    this.#serves = serves;
    this.#bindings = new Bindings(clock);
  }

  /** Where an address-of-record is reached now, the preferred contact first. */
  bindings(address: Uri): readonly Binding[] {
    return this.#bindings.of(address);
  }

  /** Answers a REGISTER. All of it is done, or none. */
  receive(incoming: IncomingRequest): void {
    const { request, transaction } = incoming;
    const address = request.to?.uri;
    if (address === undefined || !this.#serves(address)) {
      incoming.respond(404);
      return;
    }
    const now = this.#clock.now();
    const terms = { flow: transaction.flow, limits: this.#limits, now };
    const registered = register(request, this.#bindings.of(address), terms);
    if ('status' in registered) incoming.respond(registered.status, registered.reply);
    else {
      this.#bindings.replace(address, registered.bindings);
      holdFlow(transaction.flow, registered.bindings);
      incoming.respond(200, confirmation(request, registered.bindings, now));
    }
  }
}
