/** Prompts of a Gather, list by list: a repetition without end never lies in the session. */
import type { Action } from '../../sma/contract/action.ts';
import type { Turn } from '../turn.ts';
import type { Gather } from '../verb.ts';
import type { Next, VerbDefinition } from './definition.ts';
import { pause } from './pause.ts';
import { play } from './play.ts';
import { say } from './say.ts';

type Prompt = Gather['prompts'][number];

/** Where one has got to: in which prompt, which of its repetitions, and which action of that. */
export interface Place {
  prompt: number;
  repetition: number;
  action: number;
}

export const START: Place = { prompt: 0, repetition: 0, action: 0 };

const PROMPTS: { readonly [N in Prompt['verb']]: VerbDefinition<N> } = { Say: say, Play: play, Pause: pause };

/** The next actions, and the place behind them; or how the call goes on where it cannot go on without a prompt that there is not. */
export type Filling = { actions: Action[]; at: Place } | Next;

/** Up to `room` actions from a place on. */
export function fill(prompts: readonly Prompt[], from: Place, turn: Turn, room: number): Filling {
  const actions: Action[] = [];
  let at = from;
  for (let prompt = prompts[at.prompt]; prompt && actions.length < room; prompt = prompts[at.prompt]) {
    const start = (PROMPTS[prompt.verb] as VerbDefinition<Prompt['verb']>).start(prompt, turn);
    // What comes before it is heard first; its own turn is the next one then.
    if (!('actions' in start)) return actions.length > 0 ? { actions, at } : start;
    const { actions: own } = start;
    const times = 'times' in start ? (start.times ?? 1) : 1;
    const piece = own.slice(at.action, at.action + room - actions.length);
    actions.push(...piece);
    at = behind(at, piece.length, own.length, times);
  }
  return { actions, at };
}

function behind({ prompt, repetition, action }: Place, given: number, own: number, times: number): Place {
  if (action + given < own) return { prompt, repetition, action: action + given };
  const isLast = own === 0 || (times > 0 && repetition + 1 >= times);
  return isLast ? { ...START, prompt: prompt + 1 } : { prompt, repetition: repetition + 1, action: 0 };
}
