import type { Clock, TimerHandle } from './clock.ts';
import { Member, Members } from './members.ts';

/** Up to this delay, a list that has become empty keeps its alarm: there cannot be more of them than milliseconds in it. */
const LINGERING_MS = 60_000;

/**
 * A clock for many timers, most of which are forgotten before they are due and have one of a few delays: those of one
 * delay stand in a list, in the order in which they are due, and a single timer of the given clock, its alarm, wakes it
 * for the first or earlier. What a timer throws is reported, and the others go on.
 */
export class TimerLists implements Clock {
  readonly #clock: Clock;
  readonly #report: (error: unknown) => void;
  readonly #lists = new Map<number, TimerList>();
  /** How many wait, in all lists. */
  #waiting = 0;
  /** Times are counted from here, so that they are small numbers. */
  readonly #startedAtMs: number;

  constructor(clock: Clock, report: (error: unknown) => void) {
    this.#clock = clock;
    this.#report = report;
    this.#startedAtMs = clock.now();
  }

  now(): number {
    return this.#clock.now();
  }

  setTimeout(run: () => void, delayMs: number): TimerHandle {
    const delay = Math.max(0, Math.ceil(delayMs));
    let list = this.#lists.get(delay);
    if (list === undefined) {
      list = new TimerList(delay);
      this.#lists.set(delay, list);
    }
    const timer = new Timer(run, Math.ceil(this.#elapsedMs() + delay), list);
    list.add(timer);
    this.#waiting += 1;
    if (list.alarm === undefined && !list.running) this.#wait(list, delay);
    return timer;
  }

  clearTimeout(timer: TimerHandle | undefined): void {
    if (timer === undefined || !(timer as Timer).isIn) return;
    const { list } = timer as Timer;
    list.remove(timer as Timer);
    this.#waiting -= 1;
    // To set an alarm and forget it costs more than the timer: one that is soon wanted again stays where it is.
    if (this.#waiting === 0) this.#dropAll();
    else if (list.delayMs > LINGERING_MS) this.#dropIdle(list);
  }

  #elapsedMs(): number {
    return this.#clock.now() - this.#startedAtMs;
  }

  #wait(list: TimerList, delayMs: number): void {
    list.alarm = this.#clock.setTimeout(() => this.#run(list), delayMs);
  }

  /** Runs what is due, and waits for what is not. */
  #run(list: TimerList): void {
    list.running = true;
    list.alarm = undefined;
    for (;;) {
      const { first } = list;
      if (first === undefined) break;
      const leftMs = first.dueAtMs - this.#elapsedMs();
      if (leftMs > 0) {
        list.running = false;
        this.#wait(list, Math.ceil(leftMs));
        return;
      }
      list.remove(first);
      this.#waiting -= 1;
      try {
        first.run();
      } catch (error) {
        this.#report(error);
      }
    }
    this.#lists.delete(list.delayMs);
    if (this.#waiting === 0) this.#dropAll();
  }

  /** Nothing waits: no alarm may keep the process. */
  #dropAll(): void {
    for (const list of this.#lists.values()) this.#dropIdle(list);
  }

  #dropIdle(list: TimerList): void {
    if (list.first !== undefined || list.running) return;
    this.#clock.clearTimeout(list.alarm);
    this.#lists.delete(list.delayMs);
  }
}

class Timer extends Member<Timer> {
  readonly run: () => void;
  readonly dueAtMs: number;
  readonly list: TimerList;

  constructor(run: () => void, dueAtMs: number, list: TimerList) {
    super();
    this.run = run;
    this.dueAtMs = dueAtMs;
    this.list = list;
  }
}

class TimerList extends Members<Timer> {
  readonly delayMs: number;
  /** The timer of the clock that wakes it. */
  alarm: TimerHandle | undefined;
  running = false;

  constructor(delayMs: number) {
    super();
    this.delayMs = delayMs;
  }
}
