import type { StoredPlan } from '../../../aws/dial-plans.ts';
import { type Call, isOver, isSettled, type Outcome } from '../../../core/call.ts';
import { joinedCallee } from '../../../core/moving.ts';
import type { CallChange, Redirection } from '../../../core/operation.ts';
import { Problem } from '../../../core/problem.ts';
import type { Session } from '../../../core/session.ts';
import { leave } from './leave.ts';
import { assertOwned, findCall, type Operation, type OperationContext, type Tools } from './operation.ts';
import { readParts, redirectLegs } from './redirect-call.ts';

/** Changes a call in its course: hangs it up, sends it to another document, mutes it, or tells somebody else of it. All or nothing. */
export const modifyCall: Operation<'modifyCall'> = async ({ callSid, changes }, tools, context) => {
  const { stored, call } = await findCall(callSid, tools, context);
  if (isOver(call)) await tools.conclusion.retell(stored);
  for (const change of changes) {
    assertPossible(call, change);
    if ('aside' in change) assertTalking(stored.session, call);
    if ('mute' in change && change.mute) await assertBridged(stored.session, call, tools);
    if (isRedirection(change)) {
      await readParts(stored.session, call, change, tools);
      // A call that came in may go on to show its caller's number.
      const shown = (change.callerIds ?? []).filter(({ number }) => number !== call.from);
      await assertOwned(shown, tools, context);
    }
  }
  const callback = changes.find(change => 'callback' in change)?.callback;
  for (const change of changes) {
    if (!isInVain(call, change)) await apply(callSid, change, callback, tools, context);
  }
  return { result: { call: (await findCall(callSid, tools, context)).call } };
};

async function apply(
  callSid: string,
  change: CallChange,
  callback: Call['callback'],
  tools: Tools,
  context: OperationContext,
): Promise<void> {
  const { sessions, clock } = tools;
  const { stored, call } = await findCall(callSid, tools, context);
  const { session } = stored;
  const isRoot = callSid === session.calls[0]?.sid;
  if ('callback' in change) {
    const calls = session.calls.map(each =>
      each.sid === callSid ? { ...each, callback: change.callback } : each,
    );
    await sessions.save({ ...stored, session: { ...session, calls } }, clock.now());
    // The edge tells of what it rings, and of those that it has joined with somebody.
    const isTheEdges = !isRoot || session.transactionId === undefined;
    if (session.dialToken !== undefined && isTheEdges)
      await tools.plans.subscribe(session.dialToken, callSid, change.callback);
    return;
  }
  if ('mute' in change) {
    const side = isRoot ? 'inside' : 'outside';
    const bridge = await bridgeOf(session, call, tools);
    // What is in no bridge is not muted.
    if (bridge === undefined) return;
    const { token } = bridge.plan;
    return tools.edge?.send({ kind: 'mute', token, side, isMuted: change.mute }, bridge.claimedBy);
  }
  if (isRedirection(change)) {
    const parts = await readParts(session, call, change, tools);
    await redirectLegs(session, parts, call.parentSid === undefined ? undefined : callback, tools);
    if (isRoot) await drop(session, ringing(session), 'canceled', tools);
    return;
  }
  if ('aside' in change) return leave(session, change, tools);
  const { dialToken: token } = session;
  if (call.parentSid !== undefined && token !== undefined && !isAnswered(call))
    return drop(session, [call], change.hangUp, tools);
  if (session.transactionId !== undefined) {
    await leave(session, { hangUp: change.hangUp }, tools, callSid);
    if (isRoot) await drop(session, ringing(session), 'canceled', tools);
    return;
  }
  await tools.conclusion.conclude(stored, {
    kind: 'hungUp',
    callSid,
    outcome: change.hangUp,
    nowMs: clock.now(),
  });
  // Until it is told, the edge would go on ringing for a call that is over. Closed, its plan is claimed by nobody else any more.
  if (token !== undefined)
    await tools.edge?.send({ kind: 'cancel', token }, (await tools.plans.get(token))?.claimedBy);
}

/** To the voice service all that the edge rings is one leg, which it does not cut short: the edge alone can give them up. */
async function drop(
  { dialToken: token }: Session,
  calls: readonly Call[],
  outcome: Outcome,
  { plans, edge }: Tools,
): Promise<void> {
  if (token === undefined) return;
  for (const { sid: callSid } of calls) {
    const claimedBy = await plans.drop(token, callSid, outcome);
    if (claimedBy !== undefined) await edge?.send({ kind: 'drop', token, callSid, outcome }, claimedBy);
  }
}

/** Those that its Dial rings. */
const ringing = ({ calls }: Session): Call[] =>
  calls.filter(call => call.parentSid !== undefined && !isSettled(call) && !isAnswered(call));

const isAnswered = ({ answeredAtMs }: Call) => answeredAtMs !== undefined;

const isRedirection = (change: CallChange): change is Redirection =>
  'redirect' in change || 'connected' in change;

/** The bridge that the call is in, where the edge holds it. */
async function bridgeOf(
  { dialToken, calls }: Session,
  call: Call,
  { plans }: Tools,
): Promise<StoredPlan | undefined> {
  const bridge = dialToken === undefined ? undefined : await plans.get(dialToken);
  const callee = bridge && joinedCallee(bridge);
  return callee && [calls[0]?.sid, callee.sid].includes(call.sid) ? bridge : undefined;
}

/** Throws Problem `out-of-reach`. */
async function assertBridged(session: Session, call: Call, tools: Tools): Promise<void> {
  if ((await bridgeOf(session, call, tools)) !== undefined) return;
  throw new Problem(
    'out-of-reach',
    'The call cannot be muted: the SIP edge mutes, and only one of two that talk, of whom it has dialled the other. Dial a SIP address or a client, or the number over a trunk.',
  );
}

/** A cancellation that comes too late, where its dialect lets the call go on then. */
const isInVain = (call: Call, change: CallChange) =>
  'hangUp' in change && change.tooLate === 'ignore' && call.status === 'in-progress';

/** What each change needs the call to be. */
function assertPossible(call: Call, change: CallChange): void {
  if (isOver(call))
    throw new Problem('call-over', `The call is over (${call.status}) and cannot be changed.`);
  const waits = call.direction === 'inbound' && call.status === 'ringing';
  if (isRedirection(change) && call.status !== 'in-progress' && !(change.evenUnanswered && waits)) {
    throw new Problem(
      'wrong-state',
      `The call is ${call.status}: only a call in progress can be sent to another document.`,
    );
  }
  if (
    'hangUp' in change &&
    change.hangUp === 'canceled' &&
    !change.inAnyState &&
    change.tooLate !== 'ignore' &&
    call.status === 'in-progress'
  ) {
    throw new Problem('wrong-state', 'The call is in progress: it can be completed, but no longer canceled.');
  }
}

/** Only beside a talk can somebody be told something without an end to what they hear. */
function assertTalking({ flow, calls: [root] }: Session, call: Call): void {
  if (call.sid === root?.sid && flow.talking !== undefined) return;
  throw new Problem(
    'wrong-state',
    'This can be done while the call talks with somebody whom its document has dialled, and it does not: send it to a document that does it.',
  );
}
