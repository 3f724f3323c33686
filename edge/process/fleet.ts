import type { EdgeRoster, RunningEdge } from '../../aws/edge-roster.ts';
import type { RestBounds } from './settings.ts';

/** Somebody joins or leaves while the others are told: more rounds than edges are never needed. */
const MAX_ROUNDS = 10;

export interface FleetParts {
  readonly roster: EdgeRoster;
  readonly now: () => number;
  /** What is to be known of this edge. */
  readonly self: () => Omit<RunningEdge, 'takesCalls' | 'seenAtMs'>;
  readonly rest: RestBounds | undefined;
  /** Tells whoever leads calls to the edges, and takes theirs, which ones run. */
  readonly tell: (running: readonly RunningEdge[]) => Promise<void>;
}

/**
 * One edge among those of its deployment. All of them tell the Voice Connectors which run; an edge that may rest takes no new
 * calls while the others have room for all. Each step throws whatever the table or the connectors throw.
 */
export class FleetMember {
  readonly #parts: FleetParts;
  #isOpen = false;
  #isResting = false;

  constructor(parts: FleetParts) {
    this.#parts = parts;
  }

  /** It takes no new calls, and may be taken away once its own have ended. */
  get isResting(): boolean {
    return this.#isResting;
  }

  /** Its calls are taken; none are led to it yet. */
  join(): Promise<void> {
    return this.#show();
  }

  /** New calls are led to it. */
  open(): Promise<void> {
    this.#isOpen = true;
    return this.#show();
  }

  /** Once a minute: the others hear of it, and it hears how many calls there are. */
  async look(): Promise<void> {
    const { roster, rest, now, self } = this.#parts;
    if (rest !== undefined) {
      const { name, calls } = self();
      const others = (await roster.running(now())).filter(edge => edge.name !== name);
      const total = others.reduce((sum, edge) => sum + edge.calls, calls);
      if (total < rest.belowCalls) this.#isResting = true;
      else if (total > rest.aboveCalls) this.#isResting = false;
    }
    await this.#show();
  }

  /** No new calls are led to it; those that it has go on. */
  close(): Promise<void> {
    this.#isOpen = false;
    return this.#show();
  }

  /** Its calls are taken no more. */
  async leave(): Promise<void> {
    await this.#parts.roster.remove(this.#parts.self().name);
    await this.#tell();
  }

  async #show(): Promise<void> {
    const { roster, now, self } = this.#parts;
    const takesCalls = this.#isOpen && !this.#isResting;
    await roster.put({ ...self(), takesCalls, seenAtMs: Math.floor(now()) });
    await this.#tell();
  }

  /** Whoever tells last has told of all: it looks again whether somebody has come or gone meanwhile. */
  async #tell(): Promise<void> {
    const { roster, now, tell } = this.#parts;
    let running = await roster.running(now());
    for (let round = 0; round < MAX_ROUNDS; round++) {
      await tell(running);
      const after = await roster.running(now());
      if (shown(after) === shown(running)) return;
      running = after;
    }
  }
}

/** What others are told of them. */
const shown = (edges: readonly RunningEdge[]): string =>
  edges
    .map(({ name, address, sipPort, takesCalls }) => [name, address, sipPort, takesCalls].join())
    .join(';');
