import type { Clock } from './clock.ts';
import {
  DEFAULT_QUOTA_CONCURRENT_LEGS,
  DEFAULT_QUOTA_CREATE_CALLS_PER_SECOND,
  DEFAULT_QUOTA_UPDATE_CALLS_PER_SECOND,
} from './contract/limits.ts';
import type { QuotaSetting, Quotas } from './options.ts';

const DEFAULT_QUOTAS: Quotas = {
  concurrentLegs: DEFAULT_QUOTA_CONCURRENT_LEGS,
  createCallsPerSecond: DEFAULT_QUOTA_CREATE_CALLS_PER_SECOND,
  updateCallsPerSecond: DEFAULT_QUOTA_UPDATE_CALLS_PER_SECOND,
};

const NO_QUOTAS: Quotas = {
  concurrentLegs: Number.POSITIVE_INFINITY,
  createCallsPerSecond: Number.POSITIVE_INFINITY,
  updateCallsPerSecond: Number.POSITIVE_INFINITY,
};

/** The limits that a setting stands for. */
export function quotasOf(setting: QuotaSetting): Quotas {
  if (setting === 'default') return DEFAULT_QUOTAS;
  if (setting === 'none') return NO_QUOTAS;
  return { ...NO_QUOTAS, ...setting };
}

/** Legs that are up, or being dialled, in the account. */
export class LegCount {
  #legs = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False when the account has no leg left; otherwise the leg counts until `leave`. */
  enter(): boolean {
    if (this.#legs >= this.#limit) return false;
    this.#legs++;
    return true;
  }

  leave(): void {
    this.#legs--;
  }
}

/** At most so many requests in any second. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #perSecond: number;
  #recentMs: number[] = [];

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
  }

  /** False when the request is one too many; such a request does not count. */
  admit(): boolean {
    if (this.#perSecond === Number.POSITIVE_INFINITY) return true;
    const nowMs = this.#clock.now();
    this.#recentMs = this.#recentMs.filter(atMs => nowMs - atMs < 1_000);
    if (this.#recentMs.length >= this.#perSecond) return false;
    this.#recentMs.push(nowMs);
    return true;
  }
}
