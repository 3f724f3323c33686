import { type Clock, systemClock } from '../../sma/clock.ts';

/**
 * What the platform needs of time: the runtime's clock (`now`, `after`), the functions' (`now`, `sleep`), and to be told what is under
 * way, which only a clock that moves by itself wants to know.
 */
export interface PlatformClock extends Clock {
  sleep(ms: number): Promise<void>;
  /** Something is under way that takes real time, such as a request; it is over when the returned function is called. */
  hold(what: string): () => void;
  /** Runs one invocation of a function. */
  invocation<T>(name: string, run: () => Promise<T>): Promise<T>;
}

/** The machine's own time, which moves whatever is under way. */
export function realTime(): PlatformClock {
  return {
    ...systemClock,
    sleep: ms => new Promise(resolve => systemClock.after(ms, resolve)),
    hold: () => () => {},
    invocation: (_name, run) => run(),
  };
}
