import type { EdgeCommand } from '../../../aws/queues.ts';
import { sealFor } from '../../../aws/tokens.ts';
import { VoiceBusy, VoiceCallGone, VoiceUnclear } from '../../../aws/voice.ts';
import { type Call, isOver } from '../../../core/call.ts';
import type { CallChange } from '../../../core/operation.ts';
import { Problem } from '../../../core/problem.ts';
import { sealEntry } from '../../../core/seal.ts';
import type { Session } from '../../../core/session.ts';
import { rootSid } from '../../../core/sid.ts';
import type { LaidOutVerb } from '../../../core/verb.ts';
import { assertOwned, findCall, type Operation, type OperationContext, type Tools } from './operation.ts';

const COMMAND_ID_BYTES = 16;

/** Changes a call in its course: hangs it up, sends it to another document, or tells somebody else of it. All or nothing. */
export const modifyCall: Operation<'modifyCall'> = async ({ callSid, changes }, tools, context) => {
  const { stored, call } = await findCall(callSid, tools, context);
  if (isOver(call)) await tools.conclusion.retell(stored);
  for (const change of changes) {
    assertPossible(call, change);
    if ('aside' in change) assertTalking(stored.session, call);
    if ('redirect' in change) {
      // A call that came in may go on to show its caller's number.
      const shown = (change.callerIds ?? []).filter(({ number }) => number !== call.from);
      await assertOwned(shown, tools, context);
    }
  }
  for (const change of changes) {
    if (!isInVain(call, change)) await apply(callSid, change, tools, context);
  }
  return { result: { call: (await findCall(callSid, tools, context)).call } };
};

async function apply(
  callSid: string,
  change: CallChange,
  tools: Tools,
  context: OperationContext,
): Promise<void> {
  const { sessions, clock } = tools;
  const { stored, call } = await findCall(callSid, tools, context);
  const { session } = stored;
  if ('callback' in change) {
    const calls = session.calls.map(each =>
      each.sid === callSid ? { ...each, callback: change.callback } : each,
    );
    return sessions.save({ ...stored, session: { ...session, calls } }, clock.now());
  }
  const { dialToken: token } = session;
  if ('hangUp' in change && call.parentSid !== undefined && token !== undefined && !isAnswered(call)) {
    // To the voice service all that the edge rings is one leg: the edge alone can end one of them.
    const { plans, edge } = tools;
    const outcome = change.hangUp;
    const claimedBy = await plans.drop(token, callSid, outcome);
    if (claimedBy !== undefined) await edge?.send({ kind: 'drop', token, callSid, outcome }, claimedBy);
    return;
  }
  if (session.transactionId !== undefined) {
    return tell(session.transactionId, callSid, await ready(change, session, tools), tools);
  }
  if ('hangUp' in change) {
    await tools.conclusion.conclude(stored, {
      kind: 'hungUp',
      callSid,
      outcome: change.hangUp,
      nowMs: clock.now(),
    });
    // Until it is told, the edge would go on ringing for a call that is over. Closed, its plan is claimed by nobody else any more.
    if (token !== undefined) await tellEdge({ kind: 'cancel', token }, tools);
  }
}

const isAnswered = ({ answeredAtMs }: Call) => answeredAtMs !== undefined;

/** Tells the edge that has claimed the plan. */
async function tellEdge(command: EdgeCommand, { edge, plans }: Tools): Promise<void> {
  const stored = await plans.get(command.token);
  await edge?.send(command, stored?.claimedBy);
}

/** A change whose verbs can be carried out: laid out, and without a password in the clear. */
async function ready(
  change: CallChange,
  { accountSid, calls }: Session,
  { tokens, layout }: Tools,
): Promise<CallChange<LaidOutVerb>> {
  if (!('redirect' in change)) return change;
  const [call] = calls as [Call];
  const redirect = await layout.entry(change.redirect, { accountSid, call });
  return { ...change, redirect: await sealEntry(redirect, sealFor(tokens, accountSid)) };
}

/** A cancellation that comes too late, where its dialect lets the call go on then. */
const isInVain = (call: Call, change: CallChange) =>
  'hangUp' in change && change.tooLate === 'ignore' && call.status === 'in-progress';

/** What each change needs the call to be. */
function assertPossible(call: Call, change: CallChange): void {
  if (isOver(call))
    throw new Problem('call-over', `The call is over (${call.status}) and cannot be changed.`);
  if ('redirect' in change) {
    if (call.status !== 'in-progress') {
      throw new Problem(
        'wrong-state',
        `The call is ${call.status}: only a call in progress can be sent to another document.`,
      );
    }
    if (call.parentSid !== undefined) {
      throw new Problem(
        'wrong-state',
        'A dialled call has no document of its own: send its parent call to another one.',
      );
    }
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
function assertTalking({ flow }: Session, call: Call): void {
  if (call.parentSid === undefined && flow.talking !== undefined) return;
  throw new Problem(
    'wrong-state',
    'This can be done while the call talks with somebody whom its document has dialled, and it does not: send it to a document that does it.',
  );
}

/** Leaves the change where the call's next event will find it, and makes that event happen. */
async function tell(
  transactionId: string,
  callSid: string,
  change: CallChange<LaidOutVerb>,
  tools: Tools,
): Promise<void> {
  const { commands, voice, clock, random } = tools;
  const id = Buffer.from(random.bytes(COMMAND_ID_BYTES)).toString('hex');
  await commands.put(rootSid(callSid), id, { callSid, change }, clock.now());
  try {
    await voice.updateCall(transactionId, { command: id });
  } catch (error) {
    if (error instanceof VoiceCallGone) {
      throw new Problem('call-over', 'The call has just ended and cannot be changed.', { cause: error });
    }
    if (error instanceof VoiceBusy || error instanceof VoiceUnclear) {
      throw new Problem(
        'too-many-requests',
        'The voice service takes 5 changes a second. Try again in a moment.',
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}
