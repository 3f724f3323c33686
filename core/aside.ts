/** What one of two who talk is told aside: they are joined, and stay so. */
import type { Action } from '../sma/contract/action.ts';
import { MAX_ACTIONS_PER_RESPONSE, MIN_PAUSE_MS } from '../sma/contract/limits.ts';
import { hangsUp, KEEP, onLeg } from './actions.ts';
import type { DocumentResult } from './document.ts';
import type { Turn } from './turn.ts';
import type { LaidOutVerb, Play, Say, SendDigits } from './verb.ts';
import { playsWithoutAudio } from './verb-audio.ts';
import { definitionOf } from './verbs/index.ts';
import { pauseAction } from './verbs/pause.ts';

export interface Aside {
  to: 'caller' | 'callee';
  /** Without any, what is being told ends. */
  verbs: (Say | Play | SendDigits)[];
}

/** Nothing comes of it where the two no longer talk. Its audio is fetched first. */
export function tellAside(turn: Turn, { to, verbs }: Aside): Action[] {
  if (!theyTalk(turn)) return KEEP;
  if (verbs.every(verb => playsWithoutAudio(verb).length === 0)) return told(turn, to, verbs);
  const { id } = turn.request({ verbs, purpose: 'update' });
  turn.session.flow.aside = { to, requestId: id };
  return KEEP;
}

/** Undefined for a document that is none of it. */
export function asideArrived(turn: Turn, id: string, result: DocumentResult): Action[] | undefined {
  const { aside } = turn.session.flow;
  if (aside?.requestId !== id) return undefined;
  delete turn.session.flow.aside;
  turn.keepNotifications(result.notifications ?? []);
  if ('error' in result) turn.documentFailed(result.error, 'update');
  return 'error' in result || !theyTalk(turn) ? KEEP : told(turn, aside.to, result.verbs);
}

const theyTalk = ({ session: { flow }, callerGone, beingEnded }: Turn): boolean =>
  flow.talking !== undefined && !callerGone && !beingEnded && !hangsUp(flow.sent, 'LEG-B');

/** It takes the place of what was told aside before; and whatever was listened for is listened for still. */
function told(turn: Turn, to: Aside['to'], verbs: readonly LaidOutVerb[]): Action[] {
  const { legA, legB, flow } = turn.session;
  const ears = flow.talking ?? [];
  const [leg, callId] = to === 'caller' ? (['LEG-A', legA] as const) : (['LEG-B', legB] as const);
  const actions = verbs.flatMap(verb => actionsOf(verb, turn)).map(action => onLeg(action, leg, callId));
  const cut = verbs.length === 0 ? [pauseAction(MIN_PAUSE_MS)] : actions;
  return cut.length === 0 ? KEEP : [...cut.slice(0, MAX_ACTIONS_PER_RESPONSE - ears.length), ...ears];
}

function actionsOf(verb: LaidOutVerb, turn: Turn): Action[] {
  const start = definitionOf(verb).start(verb, turn);
  return 'actions' in start ? start.actions : [];
}
