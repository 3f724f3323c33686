import type { Clock, UserAgentOptions } from '../sip/user-agent.ts';

/** What strangers may ask of an edge. */
export interface EdgeLimits {
  /** Requests outside calls from one address, a second, and how many at once. */
  readonly requestsPerSecond: number;
  readonly burst: number;
  /** So many refusals, and the address is not answered any more for a while. */
  readonly refusals: number;
  readonly silenceMs: number;
  /** So many wrong passwords of one address, and it is not answered either; it gets some back each minute. */
  readonly wrongPasswords: number;
  readonly wrongPasswordsPerMinute: number;
  /** Addresses that are remembered. */
  readonly addresses: number;
  /** Dials at a time; more are refused. */
  readonly dials: number;
  /** Open server transactions of an agent; its own limits when not given. */
  readonly transactions?: UserAgentOptions['mostTransactions'];
}

/** 10 a second is a registrar full of phones behind one address; 20,000 dials are what one core carries, twice. */
export const edgeLimits: EdgeLimits = {
  requestsPerSecond: 10,
  burst: 50,
  refusals: 100,
  silenceMs: 60_000,
  wrongPasswords: 20,
  wrongPasswordsPerMinute: 2,
  addresses: 10_000,
  dials: 20_000,
};

interface Source {
  /** Requests that it has asked for, less what was forgiven since. */
  asked: number;
  atMs: number;
  refusals: number;
  silentUntilMs: number;
  mistakes: number;
  mistakeAtMs: number;
}

/** Counts what each address asks: first it is served, then it gets 503, then nothing. */
export class Guard {
  readonly #clock: Clock;
  readonly #limits: EdgeLimits;
  readonly #sources = new Map<string, Source>();

  constructor(clock: Clock, limits: EdgeLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Whether a request of this address may be served; asked once for each. `factor`: how many times as much as others it may ask. */
  admits(address: string, factor = 1): boolean {
    const { requestsPerSecond, burst, refusals, silenceMs } = this.#limits;
    const now = this.#clock.now();
    const source = this.#source(address, now);
    const forgiven = ((now - source.atMs) / 1_000) * requestsPerSecond * factor;
    source.asked = Math.max(0, source.asked - forgiven);
    source.atMs = now;
    const most = burst * factor;
    if (source.asked <= most - 1) {
      source.asked += 1;
      if (source.asked < most / 2) source.refusals = 0;
      return true;
    }
    source.refusals++;
    if (source.refusals >= refusals * factor) {
      source.refusals = 0;
      source.silentUntilMs = now + silenceMs;
    }
    return false;
  }

  /** Takes note of a wrong password: guessing goes no faster than so many a minute. */
  failed(address: string): void {
    const { wrongPasswords, wrongPasswordsPerMinute, silenceMs } = this.#limits;
    const now = this.#clock.now();
    const source = this.#source(address, now);
    const forgotten = ((now - source.mistakeAtMs) / 60_000) * wrongPasswordsPerMinute;
    source.mistakes = Math.max(0, source.mistakes - forgotten) + 1;
    source.mistakeAtMs = now;
    if (Math.round(source.mistakes) >= wrongPasswords) source.silentUntilMs = now + silenceMs;
  }

  /** Seconds after which an address that was refused may try again. */
  get retryAfterSeconds(): number {
    return Math.max(1, Math.ceil(this.#limits.burst / this.#limits.requestsPerSecond));
  }

  /** Whether the address gets no answers at present. */
  isSilent(address: string): boolean {
    return (this.#sources.get(address)?.silentUntilMs ?? 0) > this.#clock.now();
  }

  #source(address: string, now: number): Source {
    const known = this.#sources.get(address);
    // The one that was heard of last stands last: the first is the one to forget.
    this.#sources.delete(address);
    const source = known ?? {
      asked: 0,
      atMs: now,
      refusals: 0,
      silentUntilMs: 0,
      mistakes: 0,
      mistakeAtMs: now,
    };
    this.#sources.set(address, source);
    if (this.#sources.size > this.#limits.addresses)
      this.#sources.delete(this.#sources.keys().next().value as string);
    return source;
  }
}
