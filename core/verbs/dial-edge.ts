import type { SmaEvent } from '../../sma/contract/event.ts';
import { MAX_CALL_TIMEOUT_SECONDS } from '../../sma/contract/limits.ts';
import { hangsUp, KEEP } from '../actions.ts';
import { type Call, durationSeconds, isOver, isSettled, type Outcome } from '../call.ts';
import { type BranchFacts, DIAL_TOKEN_LIFETIME_MS } from '../dial-plan.ts';
import type { DialFacts, ReferFacts } from '../document.ts';
import { NOTIFICATION } from '../notification.ts';
import { identified } from '../sip-target.ts';
import type { SipEdge, Turn } from '../turn.ts';
import type { DialEdge } from '../verb.ts';
import type { Next, Start, VerbDefinition } from './definition.ts';
import {
  dialOver,
  forgetLastDial,
  nobodyDialled,
  pressed,
  referOf,
  ringSeconds,
  shownNumber,
  talking,
} from './dialling.ts';
import { RINGBACK, ringbackTone } from './ringback.ts';

/** Which of the session's calls are this dial's. */
interface Notes {
  first: number;
}

/** The edge's own time-out comes first, so that it can say who did not answer. */
const EDGE_HEAD_START_SECONDS = 5;

/** How a dial that nobody answered is said to have ended: as the one of its branches that says most. */
const TELLING: readonly Outcome[] = ['busy', 'no-answer', 'canceled', 'failed', 'completed'];

/**
 * Rings SIP addresses through the SIP edge. The voice service calls the edge with a token; behind it lies the plan. The
 * edge announces what becomes of the branches, up to their end, unless this ends them first and closes the plan.
 */
export const dialEdge: VerbDefinition<'DialEdge', Notes> = {
  alone: true,
  dials: true,
  ...RINGBACK,

  start(verb, turn): Start {
    if (turn.edge === undefined) return withoutEdge(verb, turn);
    const callerId = verb.callerId ?? turn.root.from;
    const callerName = verb.callerName ?? (verb.showsCallersName ? turn.root.callerName : undefined);
    forgetLastDial(turn);
    const first = turn.session.calls.length;
    const { sid: rootSid, accountSid, dialect } = turn.session;
    const targets = verb.targets.map(target => {
      const { uri, calledAs: to = uri, callback } = target;
      const from = target.telephone?.callerId ?? target.callerId ?? callerId;
      const { sid } = turn.dial({ to, from, ...(callback && { callback }) });
      return identified(target, sid, accountSid);
    });
    turn.openPlan({
      kind: 'bridge',
      accountSid,
      dialect,
      rootSid,
      calls: turn.session.calls.slice(first),
      targets,
      callerId,
      ...(callerName !== undefined && { callerName }),
      ringTimeoutSeconds: ringSeconds(verb),
      timeLimitSeconds: verb.timeLimitSeconds,
      ...(referOf(verb, turn) && { takesRefer: true as const }),
      hangupOnStar: verb.hangupOnStar,
      ...(verb.othersDuringScreening && { othersDuringScreening: verb.othersDuringScreening }),
      expiresAtMs: turn.nowMs + DIAL_TOKEN_LIFETIME_MS,
    });
    const notes: Notes = { first };
    return {
      actions: [
        {
          Type: 'CallAndBridge',
          Parameters: {
            CallTimeoutSeconds: Math.min(
              ringSeconds(verb) + screeningSeconds(verb) + EDGE_HEAD_START_SECONDS,
              MAX_CALL_TIMEOUT_SECONDS,
            ),
            CallerIdNumber: shownNumber(turn),
            ...ringbackTone(verb),
            Endpoints: [
              { BridgeEndpointType: 'AWS', Arn: connectorTo(verb, turn.edge), Uri: turn.edge.token },
            ],
          },
        },
      ],
      notes,
    };
  },

  end(verb, notes, event, turn) {
    const { InvocationEventType: type, ActionData: data } = event;
    if (type === 'ACTION_SUCCESSFUL' && data?.Type === 'CallAndBridge') return bridged(verb, notes, turn);
    if (type === 'ACTION_FAILED' && data?.Type === 'CallAndBridge') {
      noteRefusal(event, turn);
      return over(verb, notes, turn, turn.callerGone || turn.beingEnded ? 'canceled' : 'no-answer');
    }
    if (type === 'DIGITS_RECEIVED') return { stay: pressed(verb, event, turn), notes };
    if (type === 'HANGUP' && data?.Parameters?.['ParticipantTag'] === 'LEG-B') {
      return hangsUp(turn.session.flow.sent, 'LEG-B') && !turn.callerGone
        ? { stay: KEEP, notes }
        : over(verb, notes, turn, 'completed');
    }
    if (data?.Type === 'Hangup' && children(notes, turn).every(isOver))
      return over(verb, notes, turn, 'completed');
    return type === 'ACTION_SUCCESSFUL' ? { stay: KEEP, notes } : undefined;
  },

  onward(verb, notes, turn) {
    const { referTo, root, report, beingEnded } = turn;
    const target = referOf(verb, turn);
    const callee = children(notes, turn)[report?.winner ?? -1];
    if (referTo === undefined || target === undefined || callee === undefined) return undefined;
    if (beingEnded || isSettled(callee)) return undefined;
    return {
      target,
      facts: { kind: 'refer', target: referTo, transferor: partyOf(root), transferee: callee.to },
    };
  },
};

/** A client is reached by the edge alone that it is connected with. */
const connectorTo = ({ targets }: DialEdge, { voiceConnectorArn, clientsConnectorArn }: SipEdge): string =>
  (targets.some(({ client }) => client !== undefined) && clientsConnectorArn) || voiceConnectorArn;

/** To the voice service, a target that is screened is one that rings. */
const screeningSeconds = ({ targets }: DialEdge): number =>
  Math.max(0, ...targets.map(({ screening }) => screening?.timeoutSeconds ?? 0));

const children = ({ first }: Notes, turn: Turn): Call[] => turn.session.calls.slice(first);

/** The winner's answer has been announced by the edge, which answers the voice service last of all. */
function bridged(verb: DialEdge, notes: Notes, turn: Turn): Next {
  turn.answered(turn.root);
  const { sendDigits = '' } = verb.targets[turn.report?.winner ?? -1] ?? {};
  return { stay: talking(verb, sendDigits, turn), notes };
}

function noteRefusal({ ActionData }: SmaEvent, turn: Turn): void {
  const { ErrorType, ErrorMessage } = ActionData ?? {};
  if (ErrorType === 'CallNotAnswered') return;
  turn.notify(NOTIFICATION.dialRefused, 'error', `Dial of a SIP address: ${ErrorType}: ${ErrorMessage}`);
}

/** Ends what the edge has left open: a branch that talked was completed, any other one ends as `unanswered`. */
function over(verb: DialEdge, notes: Notes, turn: Turn, unanswered: Outcome): Next {
  for (const { notifications, failures = [] } of turn.verdicts) {
    turn.keepNotifications(notifications);
    for (const failure of failures) turn.documentFailed(failure, 'screening');
  }
  const { dropDialled, dialEnd: end } = turn.session.flow;
  for (const call of children(notes, turn)) {
    turn.ended(call, call.answeredAtMs === undefined ? (dropDialled ?? unanswered) : 'completed', { end });
  }
  turn.closePlan();
  const next = dialOver(verb, turn, factsOf(notes, turn), referral(notes, turn));
  return isSentOn(notes, turn) ? { goOn: true } : next;
}

/** The caller has sent on whoever had answered, and is gone: the document of that is asked, and no other. */
const isSentOn = (notes: Notes, turn: Turn): boolean =>
  turn.callerGone && turn.referTo !== undefined && children(notes, turn).some(({ moved }) => moved);

/** Whoever had answered has sent the caller on, who is still there. */
function referral(notes: Notes, turn: Turn): ReferFacts | undefined {
  if (turn.callerGone || turn.beingEnded) return undefined;
  const at = turn.report?.branches.findIndex(({ referTo }) => referTo !== undefined) ?? -1;
  const target = turn.report?.branches[at]?.referTo;
  const transferor = children(notes, turn)[at]?.to;
  if (target === undefined || transferor === undefined) return undefined;
  return { kind: 'refer', target, transferor, transferee: partyOf(turn.root) };
}

/** Whoever the call is with: the platform, or a number of the account's, is the other end of it. */
const partyOf = ({ direction, from, to }: Call): string => (direction === 'inbound' ? from : to);

function factsOf(notes: Notes, turn: Turn): DialFacts {
  const calls = children(notes, turn);
  const branches = turn.report?.branches ?? [];
  const joined = calls.findIndex((call, at) => isJoined(call, branches[at]));
  const outcomes = calls.map((call, at) => outcomeOf(call, branches[at]));
  const told = TELLING.map(outcome => outcomes.indexOf(outcome)).find(at => at >= 0);
  const index = joined >= 0 ? joined : (told ?? 0);
  const call = calls[index];
  if (call === undefined) throw new RangeError('A dial has at least one branch.');
  const branch = branches[index];
  return {
    kind: 'dial',
    outcome: outcomes[index] ?? 'completed',
    callSid: call.sid,
    durationSeconds: joined >= 0 ? (durationSeconds(call) ?? 0) : 0,
    bridged: joined >= 0,
    ...(turn.report && { rang: branches.some(({ ringMs = 0 }) => ringMs > 0) }),
    ...(joined < 0 && branch?.screening === 'refused' && { reason: 'screening-refused' }),
    ...(branch && {
      sip: {
        ...(branch.sipCallId !== undefined && { callId: branch.sipCallId }),
        ...(branch.sipCode !== undefined && { code: branch.sipCode }),
        headers: branch.headers ?? [],
      },
    }),
  };
}

/** It spoke with the caller: one that was screened did so only once it had accepted. */
function isJoined({ answeredAtMs }: Call, branch: BranchFacts | undefined): boolean {
  return answeredAtMs !== undefined && (branch?.screening ?? 'accepted') === 'accepted';
}

/** How a branch ended for the caller, to whom a callee that was never joined has not answered. */
function outcomeOf(call: Call, branch: BranchFacts | undefined): Outcome {
  if (!isJoined(call, branch) && call.answeredAtMs !== undefined)
    return branch?.screening === 'refused' ? 'no-answer' : 'canceled';
  return isOver(call) ? call.status : 'completed';
}

/** Nobody can dial it, and nobody was promised that it would be dialled. */
function withoutEdge(verb: DialEdge, turn: Turn): Next {
  turn.notify(
    NOTIFICATION.dialRefused,
    'error',
    'A SIP address can be dialled by the SIP edge only, and this deployment has none.',
  );
  return nobodyDialled(verb, turn);
}
