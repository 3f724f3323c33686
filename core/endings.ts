/** How legs end: what the voice service tells of it, and what is told to it where Dialplane ends them. */
import type { Action } from '../sma/contract/action.ts';
import { participant, type SmaEvent } from '../sma/contract/event.ts';
import { hangsUp, hangUp, hangUpCaller, KEEP } from './actions.ts';
import { type Call, isOver, type Outcome } from './call.ts';
import { type CallEnd, endOfSipCode } from './call-end.ts';
import { leaveCallee, verbEvent } from './flow.ts';
import { ENDING_GRACE_MS } from './limits.ts';
import { mediaFigures } from './media-figures.ts';
import { outcomeOfSipCode } from './outcome.ts';
import type { Turn } from './turn.ts';

export function legAEnded(turn: Turn, event: SmaEvent): Action[] {
  const { root, session } = turn;
  const sipCode = sipCodeOf(event);
  const unanswered = session.ending ?? session.flow.ending ?? outcomeOfSipCode(sipCode ?? 0);
  turn.ended(root, root.answeredAtMs === undefined ? unanswered : 'completed', {
    sipCode,
    media: mediaFigures(event),
    end: session.end ?? session.flow.end ?? endOfLegA(root, sipCode),
  });
  turn.callerGone = true;
  turn.alarm('ring', undefined);
  turn.alarm('rung', undefined);
  if (participant(event, 'LEG-B')?.Status === 'Connected') return leaveCallee(turn) ?? endDialled(turn);
  for (const call of turn.session.calls.slice(1))
    turn.ended(call, call.answeredAtMs === undefined ? 'canceled' : 'completed', { end: callerLeft(call) });
  return KEEP;
}

/** Nobody has decided it: the far end has hung up, or never answered. */
function endOfLegA({ direction, answeredAtMs }: Call, sipCode = 0): CallEnd {
  const by = direction === 'inbound' ? 'caller' : 'callee';
  if (answeredAtMs !== undefined) return { by, reason: 'hung-up' };
  return direction === 'inbound' ? { by, reason: 'canceled' } : endOfSipCode(sipCode);
}

const callerLeft = ({ answeredAtMs }: Call): CallEnd => ({
  by: 'caller',
  reason: answeredAtMs === undefined ? 'canceled' : 'hung-up',
});

/** LEG-B was hung up, because that was decided or the caller has gone; or else the callee did it. */
function endOfLegB(turn: Turn): CallEnd {
  const { session, root } = turn;
  const { dialEnd, takeover } = session.flow;
  if (dialEnd) return dialEnd;
  if (session.end && !isOver(root)) return session.end;
  if (takeover) return { by: 'api', reason: 'hung-up' };
  return { by: hangsUp(session.flow.sent, 'LEG-B') || isOver(root) ? 'caller' : 'callee', reason: 'hung-up' };
}

export function legBEnded(turn: Turn, event: SmaEvent): Action[] {
  const { dialled } = turn;
  const figures = { sipCode: sipCodeOf(event), media: mediaFigures(event) };
  if (dialled) turn.ended(dialled, 'completed', { ...figures, end: endOfLegB(turn) });
  turn.alarm('dialLimit', undefined);
  return verbEvent(turn, event) ?? KEEP;
}

/** The SIP response that ended a leg; the voice service says 0 where there was none. */
function sipCodeOf(event: SmaEvent): number | undefined {
  const code = Number(event.ActionData?.Parameters?.['SipResponseCode']);
  return code >= 100 ? code : undefined;
}

/** Hangs the root call up; it is over when the voice service says so. */
export function endRoot(turn: Turn, outcome: Outcome, end: CallEnd): Action[] {
  if (isOver(turn.root)) return KEEP;
  turn.session.end ??= end;
  turn.session.ending ??= turn.root.answeredAtMs === undefined ? outcome : 'completed';
  turn.alarm('ring', undefined);
  turn.alarm('rung', undefined);
  turn.alarm('callLimit', turn.nowMs + ENDING_GRACE_MS);
  if (turn.session.transactionId !== undefined) return hangUpCaller(turn);
  // There is no leg whose end the voice service would tell of. If it is being asked for one just now, the first
  // event of that call finds `ending` and sees to it.
  const isBeingPlaced = turn.session.claimedAtMs !== undefined && turn.session.dialToken === undefined;
  return isBeingPlaced ? KEEP : endAll(turn, turn.session.ending, end);
}

/** The caller is gone and the callee is not: nobody is left to talk to. */
export function endDialled(turn: Turn): Action[] {
  turn.alarm('callLimit', turn.nowMs + ENDING_GRACE_MS);
  return [hangUp('LEG-B')];
}

export function endAll(turn: Turn, outcome: Outcome, otherwise: CallEnd): Action[] {
  const { end = otherwise } = turn.session;
  for (const call of turn.session.calls)
    turn.ended(call, call.answeredAtMs === undefined ? outcome : 'completed', { end });
  turn.session.alarms = {};
  return KEEP;
}
