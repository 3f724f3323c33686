import type { Action } from '../../sma/contract/action.ts';
import type { SmaEvent } from '../../sma/contract/event.ts';
import { hangsUp, KEEP } from '../actions.ts';
import { type Call, durationSeconds, isOver, type Outcome } from '../call.ts';
import type { CallEnd } from '../call-end.ts';
import { NOTIFICATION } from '../notification.ts';
import { outcomeOfUnansweredBridge } from '../outcome.ts';
import type { Turn } from '../turn.ts';
import type { DialNumber } from '../verb.ts';
import type { Next, VerbDefinition } from './definition.ts';
import {
  dialOver,
  forgetLastDial,
  isWanted,
  nobodyDialled,
  pressed,
  ringSeconds,
  shownNumber,
  talking,
} from './dialling.ts';
import { RINGBACK, ringbackTone } from './ringback.ts';

/** The Dial's notes: which of its targets is being tried, and since when. */
interface Notes {
  target: number;
  sinceMs: number;
}

/**
 * Rings somebody and joins the two. It begins alone, so that `initiated` is told, and time-outs are counted, from
 * the moment at which the voice service dials.
 */
export const dialNumber: VerbDefinition<'DialNumber', Notes> = {
  alone: true,
  dials: true,
  ...RINGBACK,

  start: (verb, turn) => ring(verb, 0, turn),

  end(verb, notes, event, turn) {
    const dialled = turn.dialled;
    if (dialled === undefined) return undefined;
    const { InvocationEventType: type, ActionData: data } = event;

    if (type === 'ACTION_SUCCESSFUL' && data?.Type === 'CallAndBridge')
      return bridged(verb, notes, dialled, turn);
    if (type === 'ACTION_FAILED' && data?.Type === 'CallAndBridge') {
      const outcome = unanswered(verb, notes, event, turn);
      turn.ended(dialled, outcome, { end: endOfUnanswered(outcome, turn) });
      const another = isWanted(turn) && notes.target + 1 < verb.targets.length;
      return another ? (ring(verb, notes.target + 1, turn) as Next) : over(verb, dialled, turn);
    }
    if (type === 'DIGITS_RECEIVED') return { stay: pressed(verb, event, turn), notes };
    if (type === 'HANGUP' && data?.Parameters?.['ParticipantTag'] === 'LEG-B') {
      // When we hung up, the end of that action follows, and the call goes on from there.
      return hangsUp(turn.session.flow.sent, 'LEG-B') && !turn.callerGone
        ? { stay: KEEP, notes }
        : over(verb, dialled, turn);
    }
    if (data?.Type === 'Hangup' && isOver(dialled)) return over(verb, dialled, turn);
    return type === 'ACTION_SUCCESSFUL' ? { stay: KEEP, notes } : undefined;
  },
};

function ring(verb: DialNumber, index: number, turn: Turn) {
  const target = verb.targets[index];
  if (target === undefined) return nobodyDialled(verb, turn);
  const from = verb.callerId ?? shownNumber(turn);
  forgetLastDial(turn);
  turn.dial({ to: target.number, from, ...(target.callback && { callback: target.callback }) });
  const action: Action = {
    Type: 'CallAndBridge',
    Parameters: {
      CallTimeoutSeconds: ringSeconds(verb),
      CallerIdNumber: from,
      ...ringbackTone(verb),
      Endpoints: [{ BridgeEndpointType: 'PSTN', Uri: target.number }],
    },
  };
  const notes: Notes = { target: index, sinceMs: turn.nowMs };
  return index === 0 ? { actions: [action], notes } : { stay: [action], notes };
}

function bridged(verb: DialNumber, notes: Notes, dialled: Call, turn: Turn): Next {
  turn.answered(turn.root);
  turn.answered(dialled);
  turn.joined(dialled);
  turn.alarm('dialLimit', turn.nowMs + verb.timeLimitSeconds * 1000);
  return { stay: talking(verb, verb.targets[notes.target]?.sendDigits, turn), notes };
}

function unanswered(verb: DialNumber, notes: Notes, event: SmaEvent, turn: Turn): Outcome {
  if (turn.callerGone || turn.beingEnded) return 'canceled';
  const { dropDialled } = turn.session.flow;
  if (dropDialled !== undefined) return dropDialled;
  if (event.ActionData?.ErrorType !== 'CallNotAnswered') {
    const { ErrorType, ErrorMessage } = event.ActionData ?? {};
    turn.notify(
      NOTIFICATION.dialRefused,
      'error',
      `Dial of ${verb.targets[notes.target]?.number}: ${ErrorType}: ${ErrorMessage}`,
    );
    return 'failed';
  }
  return outcomeOfUnansweredBridge(turn.nowMs - notes.sinceMs, ringSeconds(verb) * 1000);
}

/** The voice service does not say why nobody answered: a call that rang its time out did so, and any other one was busy. */
function endOfUnanswered(outcome: Outcome, { session }: Turn): CallEnd {
  const { dialEnd } = session.flow;
  if (dialEnd) return dialEnd;
  return END_OF_OUTCOME[outcome];
}

const END_OF_OUTCOME: Readonly<Record<Outcome, CallEnd>> = {
  completed: { by: 'callee', reason: 'hung-up' },
  busy: { by: 'callee', reason: 'busy' },
  'no-answer': { by: 'platform', reason: 'ring-timeout' },
  failed: { by: 'carrier', reason: 'failed' },
  canceled: { by: 'caller', reason: 'canceled' },
};

function over(verb: DialNumber, dialled: Call, turn: Turn): Next {
  return dialOver(verb, turn, {
    kind: 'dial',
    outcome: isOver(dialled) ? dialled.status : 'completed',
    callSid: dialled.sid,
    durationSeconds: durationSeconds(dialled) ?? 0,
    bridged: dialled.answeredAtMs !== undefined,
  });
}
