import type { Clock } from '../../sip/user-agent.ts';

export const ALL = ['SHA-256', 'MD5'] as const;
const LEAST = ['MD5'] as const;
/** Phones that are remembered, and for how long after they were last heard of. */
const PHONES = 10_000;
const REMEMBERED_FOR_MS = 24 * 60 * 60_000;

/** Who asks, as only a phone itself and whoever is on its way know. */
export interface Asking {
  /** The port that its request comes from. */
  readonly port: number;
  readonly callId: string | undefined;
}

interface Phone {
  /** `asked`: it was offered all, and has not answered yet. `least`: it came again without an answer. */
  readonly state: 'asked' | 'least';
  readonly by: Asking;
  readonly atMs: number;
}

/**
 * Which digest algorithms a phone is offered. By RFC 8760 §2.4 one that does not know SHA-256 takes the next; some give up instead
 * (baresip 1.0, for one). So a phone that was asked, and comes again without an answer, is offered MD5 alone: if it comes from the same
 * port, or by a new connection with the same Call-ID, as others could send in its name. What a phone does answer is taken by
 * whichever algorithm.
 */
export class OfferedAlgorithms {
  readonly #clock: Clock;
  readonly #phones = new Map<string, Phone>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What a phone that brings no credentials is offered now. */
  asks(phone: string, by: Asking): readonly string[] {
    const known = this.#find(phone);
    const isLeast = known !== undefined && (known.state === 'least' || isSame(known.by, by));
    this.#note(phone, isLeast ? 'least' : 'asked', by);
    return isLeast ? LEAST : ALL;
  }

  /** What a phone is offered whose credentials were no good. */
  of(phone: string): readonly string[] {
    return this.#find(phone)?.state === 'least' ? LEAST : ALL;
  }

  /** It has answered well, by that algorithm: where it was offered all, or chose better, it can choose. */
  answered(phone: string, algorithm: string): void {
    const known = this.#find(phone);
    if (known?.state === 'least' && LEAST.some(name => name === algorithm))
      this.#note(phone, 'least', known.by);
    else this.#phones.delete(phone);
  }

  #find(phone: string): Phone | undefined {
    const known = this.#phones.get(phone);
    return known && known.atMs + REMEMBERED_FOR_MS > this.#clock.now() ? known : undefined;
  }

  #note(phone: string, state: Phone['state'], by: Asking): void {
    // The one that was heard of last stands last: the first is the one to forget.
    this.#phones.delete(phone);
    this.#phones.set(phone, { state, by, atMs: this.#clock.now() });
    if (this.#phones.size > PHONES) this.#phones.delete(this.#phones.keys().next().value as string);
  }
}

const isSame = (one: Asking, other: Asking): boolean =>
  one.port === other.port || (one.callId !== undefined && one.callId === other.callId);
