import type { Clock } from '../clock.ts';
import { type NameAddr, PATH } from '../header/name-addr.ts';
import type { SipRequest } from '../message/message.ts';
import type { IncomingRequest } from '../session/incoming-request.ts';
import type { Uri } from '../uri/uri.ts';
import { type Binding, Bindings } from './bindings.ts';

/** What a registrar allows, in seconds and numbers. */
export interface RegistrarLimits {
  /** When the request does not say. */
  readonly defaultSeconds: number;
  /** A shorter wish gets 423, one of less than an hour only (RFC 3261 §10.3). */
  readonly minSeconds: number;
  /** A longer wish is lowered. */
  readonly maxSeconds: number;
  /** Contacts of one address-of-record; more get 403. */
  readonly contacts: number;
}

/** Defaults. */
export const registrarLimits: RegistrarLimits = {
  defaultSeconds: 3_600,
  minSeconds: 60,
  maxSeconds: 7_200,
  contacts: 10,
};

/** A registrar's settings. */
export interface RegistrarOptions {
  readonly clock: Clock;
  readonly limits?: Partial<RegistrarLimits>;
  /** Whether an address-of-record may be registered here; 404 where it may not. Everything may, if not given. */
  readonly serves?: (address: Uri) => boolean;
}

interface Wish {
  readonly contact: NameAddr;
  readonly seconds: number;
}

/** The server side of REGISTER (RFC 3261 §10.3), with Path (RFC 3327). Who may register is its user's business. */
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
    const { request } = incoming;
    const address = request.to?.uri;
    if (address === undefined || !this.#serves(address)) incoming.respond(404);
    else if (request.contactIsStar) this.#removeAll(incoming, address);
    else this.#register(incoming, address);
  }

  #removeAll(incoming: IncomingRequest, address: Uri): void {
    const { request } = incoming;
    const known = this.#bindings.of(address);
    // RFC 3261 §10.2.2: `*` stands alone and with Expires: 0.
    if (request.expires !== 0 || request.headers.all('Contact').length !== 1) incoming.respond(400);
    else if (known.some(binding => isOlder(request, binding))) incoming.respond(500);
    else {
      this.#bindings.replace(address, []);
      this.#confirm(incoming, address);
    }
  }

  #register(incoming: IncomingRequest, address: Uri): void {
    const { request } = incoming;
    const wishes = request.contacts.map(contact => ({ contact, seconds: this.#seconds(contact, request) }));
    const { minSeconds, contacts } = this.#limits;
    if (wishes.some(({ seconds }) => seconds > 0 && seconds < minSeconds)) {
      incoming.respond(423, { headers: { 'Min-Expires': minSeconds } });
      return;
    }
    const next = this.#merge(this.#bindings.of(address), wishes, request);
    if (next === 'out-of-order') incoming.respond(500);
    else if (next.length > contacts) incoming.respond(403, { reason: 'Too Many Contacts' });
    else {
      this.#bindings.replace(address, next);
      this.#confirm(incoming, address);
    }
  }

  #seconds(contact: NameAddr, request: SipRequest): number {
    const own = contact.params.get('expires');
    // RFC 3261 §20.10: what cannot be read counts as 3600.
    const asked = own === undefined ? request.expires : /^\d{1,10}$/.test(own) ? Number(own) : 3_600;
    return Math.min(asked ?? this.#limits.defaultSeconds, this.#limits.maxSeconds);
  }

  #merge(
    known: readonly Binding[],
    wishes: readonly Wish[],
    request: SipRequest,
  ): Binding[] | 'out-of-order' {
    let bindings = [...known];
    const path = request.headers.readAll(PATH);
    for (const { contact, seconds } of wishes) {
      const same = bindings.find(binding => binding.contact.equals(contact.uri));
      if (same && isOlder(request, same)) return 'out-of-order';
      bindings = bindings.filter(binding => binding !== same);
      if (seconds === 0) continue;
      bindings.push({
        contact: contact.uri,
        path,
        q: Number(contact.params.get('q') ?? 1) || 0,
        expiresAt: this.#clock.now() + seconds * 1_000,
        callId: request.callId ?? '',
        sequence: request.cseq?.number ?? 0,
      });
    }
    return bindings;
  }

  #confirm(incoming: IncomingRequest, address: Uri): void {
    const now = this.#clock.now();
    const contact = this.#bindings
      .of(address)
      .map(
        binding =>
          `<${binding.contact}>;expires=${Math.ceil((binding.expiresAt - now) / 1_000)};q=${binding.q}`,
      );
    const path = incoming.request.headers.all('Path');
    incoming.respond(200, {
      contact,
      headers: [['Date', new Date(now).toUTCString()], ...path.map(hop => ['Path', hop] as const)],
    });
  }
}

/** RFC 3261 §10.3 step 7: of one Call-ID, only a higher CSeq changes a binding. */
function isOlder(request: SipRequest, binding: Binding): boolean {
  return request.callId === binding.callId && (request.cseq?.number ?? 0) <= binding.sequence;
}
