import { isStillBridged, type StoredPlan } from '../aws/dial-plans.ts';
import type { SessionSnapshot } from '../sip/user-agent.ts';
import { ENDS } from './branch-end.ts';
import { agentFor } from './invite.ts';
import { JoinedCall } from './joined-call.ts';
import type { BridgeEntry, JournalEntry, OpenLeg } from './journal.ts';
import { JournalPage } from './journal-page.ts';
import { Ledger } from './ledger.ts';
import { errorFields } from './log.ts';
import { hasSentOn } from './referral.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * A dialog that was written down may have sent requests since. Sequence numbers may be left out (RFC 3261 §12.2.1.1),
 * so it goes on well above whatever they can have been: this many, and one for every second.
 */
const SEQUENCE_LEAP = 100;
/** What is to be hung up needs the listeners for its BYE. */
const LAST_MOMENT_MS = 1_000;

/** A bridge of an earlier process, and its plan; ready to go on. */
type Resumable = BridgeEntry & {
  readonly stored: StoredPlan;
  readonly password: string | undefined;
  /** Why it is to be ended, if it is. */
  readonly end: Parameters<JoinedCall['end']>[0];
};

/** What an earlier process of this edge has left behind. */
export interface Legacy {
  /** Goes on with its bridges. To be called just before the listeners open, so that no BYE finds nobody. */
  resume(): JoinedCall[];
}

/** Reads the journal: calls that were only being dialled are lost, and told so; bridges can go on. */
export async function legacy(surroundings: Surroundings): Promise<Legacy> {
  const entries = await surroundings.journal.all();
  const read = await Promise.all(entries.map(entry => resumable(surroundings, entry)));
  const bridges = read.filter(entry => entry !== undefined);
  return { resume: () => bridges.map(entry => resumed(surroundings, entry)) };
}

async function resumable(surroundings: Surroundings, entry: JournalEntry): Promise<Resumable | undefined> {
  const { plans, journal, log } = surroundings;
  try {
    const stored = await plans.get(entry.token);
    if (stored === undefined) {
      await journal.remove(entry.token);
      return undefined;
    }
    const { rootSid, movedFrom } = stored.plan;
    // Its bridge goes on.
    if (entry.kind === 'dialling' && (await isStillBridged(surroundings.plans, rootSid, movedFrom))) {
      await journal.remove(entry.token);
      return undefined;
    }
    const isOver = entry.kind === 'bridge' && stored.report?.branches[entry.index]?.talkMs !== undefined;
    if (entry.kind === 'dialling' || isOver) {
      await closed(surroundings, stored, isOver);
      for (const leg of entry.kind === 'dialling' ? (entry.open ?? []) : lastLeg(entry))
        hangUp(surroundings, leg);
      return undefined;
    }
    const password = await passwordOf(surroundings, entry, stored);
    return { ...entry, stored, password, end: await endOf(surroundings, entry, stored) };
  } catch (error) {
    // It stays in the journal, for the next start.
    log('error', 'A dial of an earlier process could not be read.', errorFields(error));
    return undefined;
  }
}

/** The inside leg of a bridge hears of its end once that is written: it may not have. */
function lastLeg({ inside }: BridgeEntry): OpenLeg[] {
  return [{ side: 'inside', session: inside }];
}

/**
 * Whoever has sent the other one on gets its BYE, without the last NOTIFY: what is written of its dialog tells neither the CSeq number of the
 * REFER, by which that is told from others (RFC 3515 §2.4.6), nor whether it has asked for none (RFC 4488 §4). Its subscription runs out.
 */
async function endOf(
  { plans }: Surroundings,
  { index }: BridgeEntry,
  stored: StoredPlan,
): Promise<Resumable['end']> {
  if (await hasSentOn(stored, index, plans)) return 'transferred';
  return stored.closed && stored.plan.kind === 'bridge' ? 'hung up' : undefined;
}

/** A dial that cannot go on: calls that were open are lost, and what was told is published, perhaps once more. */
async function closed(surroundings: Surroundings, stored: StoredPlan, isOver: boolean): Promise<void> {
  const ledger = new Ledger(surroundings, stored);
  const page = new JournalPage(surroundings, stored.plan.token);
  const { sipCode, end } = ENDS.lost;
  const outcome = stored.plan.kind === 'moved' ? 'completed' : ENDS.lost.outcome;
  if (!isOver) for (const index of ledger.calls.keys()) ledger.tell(index, outcome, { sipCode }, end);
  await ledger.save();
  void ledger.settled().then(() => page.remove());
}

/** A leg that was up, and not joined: nobody else would tell it. */
function hangUp(surroundings: Surroundings, leg: OpenLeg): void {
  const session = surroundings[leg.side].restore(leapt(leg.session, SEQUENCE_LEAP));
  surroundings.clock.setTimeout(() => session.bye(), LAST_MOMENT_MS);
}

function resumed(surroundings: Surroundings, entry: Resumable): JoinedCall {
  const { inside, media, clock } = surroundings;
  const { stored, index, password, end, writtenAtMs } = entry;
  const ledger = new Ledger(surroundings, stored);
  const target = stored.plan.targets[index];
  const passedSeconds = Math.max(0, (clock.now() - writtenAtMs) / 1_000);
  const leap = SEQUENCE_LEAP + Math.ceil(passedSeconds);
  const { username } = target?.credentials ?? {};
  const call = new JoinedCall({
    surroundings,
    ledger,
    page: new JournalPage(surroundings, entry.token),
    index,
    inside: inside.restore(leapt(entry.inside, leap)),
    outside: agentFor(surroundings, target).restore(leapt(entry.outside, leap), {
      ...(username !== undefined &&
        password !== undefined && { credentials: () => ({ username, password }) }),
    }),
    path: media.restore(entry.media, target?.codecs),
    endsAtMs: Math.max(entry.endsAtMs, clock.now() + LAST_MOMENT_MS),
  });
  // What was in the report when the process ended may not have been published.
  void ledger.publish();
  if (end !== undefined) clock.setTimeout(() => call.end(end), LAST_MOMENT_MS);
  return call;
}

function leapt(snapshot: SessionSnapshot, by: number): SessionSnapshot {
  const { dialog } = snapshot;
  return { ...snapshot, dialog: { ...dialog, localSequence: dialog.localSequence + by } };
}

async function passwordOf(
  { unseal }: Surroundings,
  { index }: BridgeEntry,
  { plan }: StoredPlan,
): Promise<string | undefined> {
  const password = plan.targets[index]?.credentials?.password;
  if (password === undefined || 'clear' in password) return password?.clear;
  return unseal(password, plan.accountSid);
}
