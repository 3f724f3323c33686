import { sealFor } from '../../../aws/tokens.ts';
import { type Call, isSettled } from '../../../core/call.ts';
import { joinedCallee } from '../../../core/moving.ts';
import type { Redirection } from '../../../core/operation.ts';
import { Problem } from '../../../core/problem.ts';
import { sealEntry } from '../../../core/seal.ts';
import type { Entry, Session, WrittenEntry } from '../../../core/session.ts';
import { type HeldBridge, prepareMove } from '../../move-callee.ts';
import { leave } from './leave.ts';
import type { Tools } from './operation.ts';

/** A bridge that the SIP edge has made and holds, and whose callee it can take out. */
interface Held extends HeldBridge {
  callee: Call;
}

/** What becomes of the two legs, by their parts in the bridge. */
interface Parts {
  caller: WrittenEntry | undefined;
  /** With the bridge that it is taken out of. */
  callee?: { entry: WrittenEntry; held: Held };
}

const HANG_UP: WrittenEntry = { verbs: [{ verb: 'Hangup' }] };

/**
 * Whether, and how, the legs can go there. Throws Problem: `wrong-state` where nobody is there that could, `out-of-reach` where the
 * voice service itself has dialled the callee, which it cannot part from its caller.
 */
export async function readParts(
  { calls, dialToken }: Session,
  call: Call,
  { redirect, connected }: Redirection,
  { plans }: Tools,
): Promise<Parts> {
  const isCallee = call.sid !== calls[0]?.sid;
  const other = connected === 'hung-up' ? HANG_UP : connected;
  const [caller, entry] = isCallee ? [other, redirect] : [redirect, other];
  const talking = calls.slice(1).find(each => each.answeredAtMs !== undefined && !isSettled(each));
  if (entry === undefined || (talking === undefined && !isCallee && caller !== undefined)) return { caller };
  // A caller's redirection hangs its callee up by itself.
  if (!isCallee && connected === 'hung-up') return { caller };
  const bridge = dialToken === undefined ? undefined : await plans.get(dialToken);
  const callee = bridge && joinedCallee(bridge);
  if (bridge && callee && (!isCallee || callee.sid === call.sid))
    return { caller, callee: { entry, held: { ...bridge, callee } } };
  if (talking === undefined || bridge !== undefined)
    throw new Problem(
      'wrong-state',
      'The call is not joined with anybody that could go to another document.',
    );
  throw new Problem(
    'out-of-reach',
    `${talking.to} was dialled by the voice service itself, which cannot part it from its caller. Dial it over a trunk, by a route of the account, or as a SIP address: then it can go to a document of its own.`,
  );
}

/** Sends the legs there. The callee's call goes on in a session of its own as soon as the edge has taken it out of the bridge. */
export async function redirectLegs(
  session: Session,
  { caller, callee }: Parts,
  callback: Call['callback'],
  tools: Tools,
): Promise<void> {
  if (callee === undefined) {
    if (caller) await leave(session, { redirect: await ready(caller, session, tools) }, tools);
    return;
  }
  const { held, entry } = callee;
  const itsEntry = await ready(entry, { ...session, calls: [held.callee] }, tools);
  const move = await prepareMove(held, itsEntry, tools, callback);
  if (caller) await leave(session, { redirect: await ready(caller, session, tools), isParting: true }, tools);
  await move();
}

/** Its verbs can be carried out: laid out, and without a password in the clear. */
async function ready(
  entry: WrittenEntry,
  { accountSid, calls }: Pick<Session, 'accountSid' | 'calls'>,
  { tokens, layout }: Tools,
): Promise<Entry> {
  const [call] = calls as [Call];
  return sealEntry(await layout.entry(entry, { accountSid, call }), sealFor(tokens, accountSid));
}
