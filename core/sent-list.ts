/** The list that was given last, as events tell of it. */
import type { Action, ActionType } from '../sma/contract/action.ts';
import type { SmaEvent } from '../sma/contract/event.ts';
import { NOTIFICATION } from './notification.ts';
import type { Turn } from './turn.ts';

/**
 * One action failed and the rest of its list was dropped: that rest, with what failed noted. Undefined for an action of a list
 * that a live update replaced while it could not be cut: the newer list goes on.
 */
export function restAfterFailure(turn: Turn, event: SmaEvent): Action[] | undefined {
  const { sent } = turn.session.flow;
  const { Type, ErrorType, ErrorMessage } = event.ActionData ?? {};
  turn.notify(NOTIFICATION.actionFailed, 'warning', `${Type} failed: ${ErrorType}: ${ErrorMessage}`);
  if (!sent.some(action => action.Type === Type)) return undefined;
  const failed = sent.findIndex(action => isAbout(event, action));
  return failed === -1 ? [] : sent.slice(failed + 1);
}

/** Actions that tell which keys they took, whatever comes after them in their list. Nothing cuts them. */
export const COLLECTING: ReadonlySet<ActionType | (string & {})> = new Set([
  'SpeakAndGetDigits',
  'PlayAudioAndGetDigits',
]);

/** Whether it tells of an action that could not be cut when a live update replaced its list: the newer list goes on. */
export function isOfAnOlderList(turn: Turn, event: SmaEvent): boolean {
  const { sent } = turn.session.flow;
  return COLLECTING.has(event.ActionData?.Type ?? '') && !sent.some(action => isAbout(event, action));
}

/** Whether an event is about this action: it repeats what was sent, may add to it, and orders and writes it as it likes. */
export function isAbout({ ActionData }: SmaEvent, action: Action): boolean {
  return action.Type === ActionData?.Type && isEchoed(action.Parameters, ActionData.Parameters);
}

function isEchoed(sent: unknown, echo: unknown): boolean {
  // The service takes numbers as texts, too, and does not say which it repeats.
  if (typeof sent !== 'object' || sent === null) return String(sent) === String(echo);
  return Object.entries(sent).every(([name, value]) =>
    isEchoed(value, (echo as Record<string, unknown> | undefined)?.[name]),
  );
}
