/** What the status request tells of a request. */
import { type Call, durationSeconds, isOver } from '../../core/call.ts';
import type { CallFamily, PlacedRequest } from '../../core/operation.ts';
import { toUuid } from '../../core/sid.ts';
import { MENU } from './menu-request.ts';
import { PLAY } from './play-request.ts';
import { STATUS_WORDS } from './status-words.ts';

type State = Record<string, unknown>;

const STATES: Readonly<Record<string, (families: readonly CallFamily[]) => State>> = {
  [PLAY]: ([family]) => legOf(family),
  [MENU]: families => ({
    state: menuState(families),
    recipients: families.map(family => ({ ...legOf(family), pressed: family.pressed ?? {} })),
  }),
};

/** What became of a request; `problems` says in words what went wrong, where something did. */
export function requestState({ requestKind = '', families }: PlacedRequest): State {
  const [first] = families;
  if (first === undefined) throw new Error('A request has a first call.');
  const ofKind = Object.hasOwn(STATES, requestKind) ? STATES[requestKind] : undefined;
  return ofKind ? ofKind(families) : { ...callbackState(first.calls), ...problemsOf(first) };
}

/** A call that is the only one of its family. */
function legOf(family: CallFamily | undefined): State {
  const call = family?.calls[0];
  if (family === undefined || call === undefined) throw new Error('A family has a call.');
  return { ...legState(call), ...problemsOf(family) };
}

function problemsOf({ notifications }: CallFamily): { problems?: string[] } {
  return notifications.length === 0 ? {} : { problems: notifications.map(({ message }) => message) };
}

/** Over once every recipient is, however each of them ended. */
function menuState(families: readonly CallFamily[]): string {
  const calls = families.flatMap(({ calls }) => calls);
  if (calls.every(isOver)) return STATUS_WORDS.completed;
  return calls.every(({ status }) => status === 'queued') ? STATUS_WORDS.queued : STATUS_WORDS.initiated;
}

/** Both legs, and how far the whole has got; `leg_B` is null until it is dialled. */
function callbackState(calls: readonly Call[]): Record<string, unknown> {
  const [a, b] = calls;
  if (a === undefined) throw new Error('A callback has a first leg.');
  return { state: overallState(a, b), leg_A: legState(a), leg_B: b === undefined ? null : legState(b) };
}

/** Once A is up it is B's state that tells how the callback goes, until both are gone. */
function overallState(a: Call, b: Call | undefined): string {
  if (b === undefined) return STATUS_WORDS[a.status];
  if (isOver(b) && !isOver(a)) return b.answeredAtMs === undefined ? STATUS_WORDS[b.status] : 'answered';
  return STATUS_WORDS[b.status];
}

function legState(call: Call): Record<string, unknown> {
  const time = (atMs: number | undefined) => (atMs === undefined ? null : new Date(atMs).toISOString());
  return {
    call_id: toUuid(call.sid),
    state: STATUS_WORDS[call.status],
    to: call.to,
    from: call.from,
    started_at: time(call.startedAtMs),
    answered_at: time(call.answeredAtMs),
    ended_at: time(call.endedAtMs),
    duration_seconds: durationSeconds(call) ?? null,
    sip_code: call.sipCode ?? null,
  };
}
