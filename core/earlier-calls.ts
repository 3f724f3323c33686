/**
 * Calls that a call has dialled and that are settled. A session is one item of the call table, which holds 400 kB, and a call that
 * dials again and again would outgrow it: they leave it, and each has an item of its own from then on.
 */
import { isSettled } from './call.ts';
import { MAX_DIALLED_CALLS, MAX_SETTLED_CHARACTERS } from './limits.ts';
import type { Session } from './session.ts';

/** How many calls it has dialled. */
export const dialledCount = ({
  calls,
  dialledBefore = 0,
}: Pick<Session, 'calls' | 'dialledBefore'>): number => dialledBefore + calls.length - 1;

export const hasDialledEnough = (session: Session): boolean => dialledCount(session) >= MAX_DIALLED_CALLS;

/** Lets settled calls leave the session, in place, where they are too many for it. Nothing may count on their places any more. */
export function letSettledLeave(session: Session): void {
  const [root, ...dialled] = session.calls;
  const settled = dialled.filter(isSettled);
  if (root === undefined || JSON.stringify(settled).length <= MAX_SETTLED_CHARACTERS) return;
  session.calls = [root, ...dialled.filter(call => !isSettled(call))];
  session.leaving = [...(session.leaving ?? []), ...settled];
  session.dialledBefore = (session.dialledBefore ?? 0) + settled.length;
}
