import type { Outcome } from '../core/call.ts';
import { type BranchPlace, DIAL_TOKEN_LIFETIME_MS } from '../core/dial-plan.ts';
import { Member, Members } from '../sip/members.ts';
import { TransientMap } from '../sip/transient-map.ts';
import type { Clock } from '../sip/user-agent.ts';
import type { JoinedCall } from './joined-call.ts';
import type { Side } from './media-plane.ts';
import type { LiveDial } from './surroundings.ts';
import type { ThirdPartyCall } from './third-party-call.ts';

/** What one edge has in hand, for as long as anything is left of it. Commands name it by the token of its plan. */
export class InHand {
  readonly #clock: Clock;
  readonly #dials = new Members<Held<LiveDial>>();
  readonly #bridges = new Members<Held<JoinedCall>>();
  /** Calls that the edge has placed, or takes out of a bridge, by the token of their plan. */
  readonly #calls = new TransientMap<string, ThirdPartyCall>();
  readonly #cancelled = new Map<string, Outcome>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many dials. */
  get size(): number {
    return this.#dials.size;
  }

  hold(dial: LiveDial): void {
    untilDone(this.#dials, dial);
  }

  /** The call of the plan of that token: cancelled, if it was before it came. */
  take(token: string, call: ThirdPartyCall): void {
    this.#calls.set(token, call);
    void call.done.finally(() => this.#calls.delete(token));
    this.hold(call);
    const outcome = this.#cancelled.get(token);
    if (outcome !== undefined) call.cancel(outcome);
  }

  /** A bridge whose maker is a dial for as long as it stands. */
  readonly keep = (bridge: JoinedCall): void => untilDone(this.#bridges, bridge);

  /** A bridge whose maker lets go of it is a dial in itself. */
  readonly holdBridge = (bridge: JoinedCall): void => {
    this.keep(bridge);
    this.hold(bridge);
  };

  /** Whether the call of the plan of that token is there. */
  has(token: string): boolean {
    return this.#calls.has(token);
  }

  /** The bridge that stands there. */
  bridgeAt(place: BranchPlace): JoinedCall | undefined {
    for (const { value: bridge } of this.#bridges) if (bridge.joins(place)) return bridge;
    return undefined;
  }

  cancel(token: string, outcome: Outcome): void {
    const call = this.#calls.get(token);
    if (call) {
      call.cancel(outcome);
      return;
    }
    // Queues do not keep the order of different messages; a token that has not come by then never will.
    this.#cancelled.set(token, outcome);
    this.#clock.setTimeout(() => this.#cancelled.delete(token), DIAL_TOKEN_LIFETIME_MS);
  }

  drop(token: string, callSid: string, outcome: Outcome): void {
    for (const { value: dial } of this.#dials) dial.drop?.(token, callSid, outcome);
  }

  mute(token: string, side: Side, isMuted: boolean): void {
    for (const { value: bridge } of this.#bridges) bridge.mute(token, side, isMuted);
  }

  /** Writes down each bridge that has changed. */
  writeDown(): void {
    for (const { value: bridge } of this.#bridges) bridge.changed();
  }

  /** Ends everything; resolves when nothing is left. */
  end(): Promise<void> {
    for (const { value: dial } of this.#dials) dial.end();
    return this.emptied();
  }

  /** Resolves when nothing is left. */
  emptied(): Promise<void> {
    return this.#over(() => true);
  }

  /**
   * Writes the bridges down, for the next process of this edge, and ends everything else. Resolves when that is done: until then a
   * bridge lives, and is written off if it ends.
   */
  async handOver(): Promise<void> {
    for (const { value: dial } of this.#dials) if (!dial.stands) dial.end();
    await Promise.all([...this.#bridges].map(({ value: bridge }) => bridge.handOver()));
    await this.#over(dial => !dial.stands);
  }

  /** Lets go of the bridges without a word to anybody. */
  release(): void {
    for (const { value: bridge } of this.#bridges) bridge.release();
  }

  /** Resolves when there is no such dial. */
  async #over(isMeant: (dial: LiveDial) => boolean): Promise<void> {
    for (;;) {
      const left = Array.from(this.#dials, ({ value }) => value).filter(isMeant);
      if (left.length === 0) return;
      await Promise.all(left.map(dial => dial.done));
    }
  }
}

function untilDone<Dial extends LiveDial>(list: Members<Held<Dial>>, dial: Dial): void {
  const held = new Held(dial);
  list.add(held);
  void dial.done.then(() => list.remove(held));
}

/** A place in a list; a bridge has one in each. */
class Held<Dial> extends Member<Held<Dial>> {
  readonly value: Dial;

  constructor(dial: Dial) {
    super();
    this.value = dial;
  }
}
