/** What a verb tells the engine of itself. The engine knows no verb by name. */
import type { Action } from '../../sma/contract/action.ts';
import type { SmaEvent } from '../../sma/contract/event.ts';
import type { Outcome, WebTarget } from '../call.ts';
import type { EndReason } from '../call-end.ts';
import type { Facts, RequestPurpose } from '../document.ts';
import type { Entry } from '../session.ts';
import type { Turn } from '../turn.ts';
import type { LaidOutVerb, VerbName, VerbOf } from '../verb.ts';

/** How the call goes on after a verb; `skip` leaves so many of the next ones out. */
export type Next =
  /**
   * The verb is not over: these actions now (none: what runs goes on), and its notes as they are now. With `interrupt` the
   * voice service is asked for an update, the only event whose actions cut what runs: `woken` gives them.
   */
  | { stay: Action[]; notes: unknown; interrupt?: true }
  | { goOn: true; skip?: number }
  | { request: WebTarget; facts?: Facts; purpose?: 'redirect' }
  /** The request is made, and the call goes on whatever is answered. */
  | { notice: WebTarget; facts?: Facts; skip?: number }
  /** `sipCode`, as the edge says it, and `outcome` are for a caller that was never answered. */
  | { hangUp: true; sipCode?: number; outcome?: Outcome; reason?: EndReason };

/** What a verb begins with. */
export type Start =
  /** Nothing depends on how these actions end. They come once unless `times` says how often; 0 = until the call ends. */
  | { actions: Action[]; times?: number }
  /** How they end decides: `end` is told of every event until it says what is next. */
  | { actions: Action[]; notes: unknown }
  | Next;

export interface VerbDefinition<N extends VerbName, Notes = unknown> {
  /** It is begun only when everything before it is over. */
  alone?: true;
  /** It dials, which a document that screens a callee may not. */
  dials?: true;
  /** Its first action answers a call that came in. */
  answers?: true;
  /** What has to be asked before it can start; */
  needs?(verb: VerbOf<N>): { target: WebTarget; purpose: RequestPurpose } | undefined;
  /** and the verb with what that brought, undefined where it could not be had, which has been told. */
  given?(verb: VerbOf<N>, brought: readonly LaidOutVerb[] | undefined, turn: Turn): VerbOf<N>;
  start(verb: VerbOf<N>, turn: Turn): Start;
  /** An event while it runs → what is next; undefined when the event is not its business. */
  end?(verb: VerbOf<N>, notes: Notes, event: SmaEvent, turn: Turn): Next | undefined;
  /** What whoever has answered goes on with when the caller has gone; undefined where it is to be hung up. */
  onward?(verb: VerbOf<N>, notes: Notes, turn: Turn): Entry | undefined;
  /** An update that says nothing new: what it was asked for can be done now. It may come late, twice, or for somebody else. */
  woken?(verb: VerbOf<N>, notes: Notes, turn: Turn): Next | undefined;
}
