import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Timer } from '../../sma/clock.ts';

/** One invocation of a function, as far as the clock needs to know it. */
export interface InvocationState {
  readonly name: string;
  /** What it has set and what has not fired. */
  readonly timers: Set<Timer>;
  /** Requests to AWS services that are under way, other than invocations of functions. */
  requests: number;
  /** Invocations of other functions that it has asked for. */
  invoking: number;
  /** Requests to customers' servers that are under way. */
  calling: number;
}

type Kind = 'requests' | 'invoking' | 'calling';

interface Context {
  state: InvocationState;
  changed: () => void;
  kindOf: (request: ClientRequest) => Kind;
}

const current = new AsyncLocalStorage<Context>();

/** The invocation on whose behalf this code runs, if it runs in one. */
export function currentInvocation(): InvocationState | undefined {
  return current.getStore()?.state;
}

/**
 * Knows the invocations that are under way, and for each what it is waiting for: HTTP requests are seen through Node's diagnostics
 * channel, so that the functions need not say.
 */
export class Invocations {
  readonly #underWay = new Set<InvocationState>();
  readonly #changed: () => void;
  readonly #kindOf: (request: ClientRequest) => Kind;

  /**
   * @param changed called whenever something here may have changed
   * @param kindOf what a request that an invocation makes is for
   */
  constructor(changed: () => void, kindOf: (request: ClientRequest) => Kind) {
    this.#changed = changed;
    this.#kindOf = kindOf;
    watchRequests();
  }

  /** As in Lambda, what a function still waits for when it has answered does not wake it: its timers end with it. */
  async run<T>(name: string, task: () => Promise<T>): Promise<T> {
    const state: InvocationState = { name, timers: new Set(), requests: 0, invoking: 0, calling: 0 };
    this.#underWay.add(state);
    try {
      return await current.run({ state, changed: this.#changed, kindOf: this.#kindOf }, task);
    } finally {
      this.#underWay.delete(state);
      for (const timer of state.timers) timer.cancel();
      this.#changed();
    }
  }

  get states(): readonly InvocationState[] {
    return [...this.#underWay];
  }

  close(): void {
    unwatchRequests();
  }
}

let watchers = 0;

function watchRequests(): void {
  if (watchers++ === 0) subscribe('http.client.request.created', onRequest);
}

function unwatchRequests(): void {
  if (--watchers === 0) unsubscribe('http.client.request.created', onRequest);
}

function onRequest(message: unknown): void {
  const { request } = message as { request: ClientRequest };
  const context = current.getStore();
  if (context === undefined) return;
  const { state, changed } = context;
  const kind = context.kindOf(request);
  state[kind] += 1;
  changed();
  request.once('close', () => {
    state[kind] -= 1;
    changed();
  });
}
