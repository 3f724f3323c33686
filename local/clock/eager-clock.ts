import { AsyncLocalStorage } from 'node:async_hooks';
import type { Timer } from '../../sma/clock.ts';
import { INVOKE_PATH } from '../aws/lambda/lambda.ts';
import { currentInvocation, type InvocationState, Invocations } from './invocations.ts';
import { type PlatformClock, sleepUntil } from './platform-clock.ts';
import { Timers } from './timers.ts';

export interface EagerClockOptions {
  startMs?: number;
  /**
   * The clock goes by itself to a timer that is at most this far away. What is further, such as the time limit of a call that somebody
   * is to hang up, waits for `advance`.
   */
  maxLeapMs?: number;
}

/** Times that the event loop must go round with nothing under way before time moves: what has just ended may be about to begin something. */
const QUIET_TURNS = 20;
/** And this long, for bytes that are on their way through the loopback interface. */
const QUIET_MS = 2;
const DEFAULT_MAX_LEAP_MS = 120_000;

/**
 * Virtual time that moves on by itself whenever nothing real is under way, from timer to timer: a ring of 30 seconds takes milliseconds,
 * and always rings for 30 seconds.
 *
 * Time stands still while
 * - anything holds it (`hold`): a request at the HTTP API or at an AWS service, except those that wait by nature (long polls,
 *   invocations of functions);
 * - a function computes or waits for a request of its own. A function that waits for time (`sleep`), for another function, or for a customer's
 *   server that answers late on purpose (`answerAfter`) does not hold it.
 *
 * Only the time that goes through this clock is virtual. A customer's server that really is slow is waited for.
 */
export class EagerClock implements PlatformClock {
  readonly #timers = new Timers();
  readonly #holds = new Set<{ what: string }>();
  readonly #invocations: Invocations;
  readonly #maxLeapMs: number;
  #nowMs: number;
  #answersDelayed = 0;
  #quietTurns = 0;
  #quietSince = 0;
  #looking = false;
  #closed = false;
  /** Time that somebody asked to reach: it is gone to, however far. */
  #targetMs: number;
  #waiting: Waiting[] = [];

  constructor({ startMs = Date.UTC(2026, 0, 1), maxLeapMs = DEFAULT_MAX_LEAP_MS }: EagerClockOptions = {}) {
    this.#nowMs = startMs;
    this.#targetMs = startMs;
    this.#maxLeapMs = maxLeapMs;
    this.#invocations = new Invocations(
      () => this.#changed(),
      request => {
        if (!/^AWS4-/.test(String(request.getHeader('authorization') ?? ''))) return 'calling';
        return INVOKE_PATH.test(request.path) ? 'invoking' : 'requests';
      },
    );
  }

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, task: () => void): Timer {
    const owner = currentInvocation()?.timers;
    // Time moves on behalf of whoever ended last; what it fires belongs to whoever set it.
    const run = AsyncLocalStorage.bind(task);
    const timer = this.#timers.add(this.#nowMs + Math.max(0, delayMs), () => {
      owner?.delete(handle);
      run();
    });
    const handle: Timer = {
      cancel: () => {
        owner?.delete(handle);
        timer.cancel();
      },
    };
    owner?.add(handle);
    this.#changed();
    return handle;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepUntil((delayMs, task) => this.after(delayMs, task), ms, signal);
  }

  /**
   * For a customer's server in a test: answers late by this clock, although the platform waits for the answer.
   *
   * @example
   * const server = createServer(async (_request, response) => {
   *   await clock.answerAfter(6_000);
   *   response.end('<Response/>');
   * });
   */
  async answerAfter(ms: number): Promise<void> {
    this.#answersDelayed += 1;
    await new Promise<void>(resolve => this.after(ms, resolve));
    this.#answersDelayed -= 1;
    this.#changed();
  }

  hold(what: string): () => void {
    const held = { what };
    this.#holds.add(held);
    this.#changed();
    return () => {
      if (this.#holds.delete(held)) this.#changed();
    };
  }

  invocation<T>(name: string, run: () => Promise<T>): Promise<T> {
    return this.#invocations.run(name, run);
  }

  /** Resolves `ms` later, however far that is, with everything done that happens on the way. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    this.#targetMs = Math.max(this.#targetMs, untilMs);
    await this.#arrival(untilMs);
  }

  /** Resolves when nothing is under way and nothing is due soon: everything that happens by itself has happened. */
  settled(): Promise<void> {
    return this.#arrival(Number.NEGATIVE_INFINITY);
  }

  /** Time ends: no timer fires any more. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timers.clear();
    this.#invocations.close();
    this.#wake(() => true);
  }

  /** What keeps time from moving, for the message of a test that waits in vain. */
  get busyWith(): string[] {
    const busy = this.#invocations.states.filter(state => !this.#waitsForTime(state));
    return [...[...this.#holds].map(({ what }) => what), ...busy.map(({ name }) => `function ${name}`)];
  }

  #arrival(untilMs: number): Promise<void> {
    return new Promise(resolve => {
      if (this.#closed) return resolve();
      this.#waiting.push({ untilMs, resolve });
      this.#changed();
    });
  }

  #waitsForTime({ timers, requests, invoking, calling }: InvocationState): boolean {
    return requests === 0 && timers.size + invoking + calling > 0;
  }

  #isQuiet(): boolean {
    if (this.#holds.size > 0) return false;
    const states = this.#invocations.states;
    const calling = states.reduce((total, state) => total + state.calling, 0);
    return calling <= this.#answersDelayed && states.every(state => this.#waitsForTime(state));
  }

  /** Something has begun, ended or been planned: quiet begins anew. */
  #changed(): void {
    this.#quietTurns = 0;
    this.#quietSince = performance.now();
    if (this.#looking || this.#closed) return;
    this.#looking = true;
    setImmediate(() => this.#look());
  }

  #look(): void {
    if (this.#closed || !this.#isQuiet()) {
      // Whatever ends will be told, and looked after.
      this.#looking = false;
      return;
    }
    this.#quietTurns += 1;
    if (this.#quietTurns > QUIET_TURNS && performance.now() - this.#quietSince >= QUIET_MS) {
      this.#looking = this.#move();
      this.#quietTurns = 0;
      this.#quietSince = performance.now();
    }
    if (this.#looking) setImmediate(() => this.#look());
  }

  /** Goes to the next moment at which something happens. False when there is none that the clock goes to by itself. */
  #move(): boolean {
    const farthestMs = Math.max(this.#targetMs, this.#nowMs + this.#maxLeapMs);
    const nextMs = this.#timers.nextMs;
    if (nextMs === undefined || nextMs > farthestMs) {
      this.#nowMs = Math.max(this.#nowMs, this.#targetMs);
      this.#wake(() => true);
      return false;
    }
    const arrivals = this.#waiting
      .map(({ untilMs }) => untilMs)
      .filter(ms => Number.isFinite(ms) && ms < nextMs);
    if (arrivals.length > 0) {
      this.#nowMs = Math.max(this.#nowMs, Math.min(...arrivals));
      this.#wake(({ untilMs }) => Number.isFinite(untilMs) && untilMs <= this.#nowMs);
      return true;
    }
    this.#nowMs = Math.max(this.#nowMs, nextMs);
    this.#timers.takeNext()?.();
    return true;
  }

  #wake(whom: (waiting: Waiting) => boolean): void {
    const woken = this.#waiting.filter(whom);
    this.#waiting = this.#waiting.filter(waiting => !woken.includes(waiting));
    for (const { resolve } of woken) resolve();
  }
}

interface Waiting {
  /** Minus infinity for whoever waits for quiet, not for a time. */
  untilMs: number;
  resolve: () => void;
}
