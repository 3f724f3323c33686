/** Where a call's legs lead, by the account's routes, before anything of it is stored. */
import { E164 } from '../../../core/destination.ts';
import { type LegEnd, legEnd } from '../../../core/leg-end.ts';
import type { AskedOfSip, SecondLeg } from '../../../core/operation.ts';
import { Problem } from '../../../core/problem.ts';
import type { Directory } from '../../../core/resolve-destination.ts';
import type { WrittenEntry } from '../../../core/session.ts';
import type { SipTarget } from '../../../core/sip-target.ts';
import { mayShow } from '../../../core/trunk.ts';
import type { OwnPlan } from './follow-application.ts';
import { assertOwned, type OperationContext, type Tools } from './operation.ts';

/** What the From of an INVITE may show: a number, or a name in one word. */
const SIP_CALLER_ID = /^[A-Za-z\d+\-_.]{1,64}$/;

interface Leg {
  to: string;
  from?: string | undefined;
  /** `from` is the first leg's: without one of its own, the second shows the same. */
  inherits?: boolean;
  fields: { to: string; from: string };
  sipSettings: AskedOfSip;
}

type RoutedEnd = { number: string } | { sip: SipTarget };

const NOTHING_ASKED: AskedOfSip = { leg: '', attributes: [] };

/**
 * What the call begins with, whom it calls (a number of the telephone network's as its route rewrites it), and where its
 * first leg goes if that is a SIP address. Throws Problem.
 */
export async function routeCall(
  input: OwnPlan,
  tools: Tools,
  context: OperationContext,
): Promise<{ entry: WrittenEntry; to: string; sip?: SipTarget }> {
  const { to, from, fields, sipSettings = NOTHING_ASKED, entry } = input;
  const second = 'join' in entry ? entry.join : undefined;
  const { accountSid } = context.request;
  const directory = await tools.directories.read(accountSid, second ? [to, second.to] : [to]);
  const end = (leg: Leg) => endOf(leg, directory, tools, context);
  const first = await end({ to, from, fields, sipSettings });
  return {
    entry: second ? joining(second, await end(inheriting(second, input))) : (entry as WrittenEntry),
    to: 'number' in first ? first.number : to,
    ...('sip' in first && { sip: first.sip }),
  };
}

/** What A may be shown, B's way may not: it is checked for B as well. */
function inheriting(second: SecondLeg, { from, fields }: OwnPlan): Leg {
  if (second.from !== undefined || from === undefined) return second;
  return { ...second, from, inherits: true, fields: { ...second.fields, from: fields.from } };
}

/** Rings the second leg, and hangs up when it is over. */
function joining(
  { from, callback, timeoutSeconds, timeLimitSeconds }: SecondLeg,
  end: RoutedEnd,
): WrittenEntry {
  const settings = {
    ...(from !== undefined && { callerId: from }),
    timeoutSeconds,
    timeLimitSeconds,
    hangupOnStar: false,
    answer: 'document' as const,
    afterwards: 'hangup' as const,
  };
  const told = callback && { callback };
  return {
    verbs: [
      'sip' in end
        ? { verb: 'DialEdge', targets: [{ ...end.sip, ...told }], ...settings }
        : { verb: 'DialNumber', targets: [{ kind: 'number', number: end.number, ...told }], ...settings },
    ],
  };
}

async function endOf(
  leg: Leg,
  directory: Directory,
  tools: Tools,
  context: OperationContext,
): Promise<RoutedEnd> {
  const { accountSid } = context.request;
  const end = legEnd(leg.to, leg.sipSettings, { directory, accountSid });
  if (end.kind === 'refused') throw unroutable(leg.fields.to, `${leg.fields.to}: ${end.reason}`);
  if (end.kind === 'sip') return { sip: await sipEnd(leg, end, tools, context) };
  assertNothingOfSip(leg);
  await assertNumber(leg, tools, context);
  return { number: end.number };
}

/** The telephone network carries the call and nothing else. */
function assertNothingOfSip({ to, sipSettings: { leg, attributes } }: Leg): void {
  const [first] = attributes;
  if (first === undefined) return;
  throw new Problem(
    'unroutable',
    `${leg || 'The request'} asks for ${attributes.join(', ')}, but ${to} is reached over the telephone network, which carries no SIP headers and no UPDATE. Leave ${attributes.length === 1 ? 'it' : 'them'} out.`,
    { field: pathOf(leg, first) },
  );
}

async function assertNumber(
  { from, inherits, fields }: Leg,
  tools: Tools,
  context: OperationContext,
): Promise<void> {
  if (from === undefined) return;
  if (!E164.test(from)) {
    // The engine shows a number in its place.
    if (inherits) return;
    throw new Problem(
      'invalid-parameter',
      `${fields.from} is "${from}": towards the telephone network it has to be one of your numbers in E.164 form.`,
      { field: fields.from },
    );
  }
  await assertOwned([{ number: from, field: fields.from }], tools, context);
}

async function sipEnd(
  leg: Leg,
  { target, trunk }: Extract<LegEnd, { kind: 'sip' }>,
  tools: Tools,
  context: OperationContext,
): Promise<SipTarget> {
  const { from, fields, sipSettings } = leg;
  if (tools.edge === undefined) {
    throw unroutable(
      fields.to,
      `${fields.to} is a SIP address, which only the SIP edge can dial, and this deployment has none. Give a number in E.164 form.`,
    );
  }
  if (from !== undefined && !SIP_CALLER_ID.test(from)) {
    throw new Problem(
      'invalid-parameter',
      `${fields.from} is "${from}": a SIP address is shown a number or a name of up to 64 letters, digits and +-_.`,
      { field: fields.from },
    );
  }
  if (from !== undefined && trunk !== undefined && !mayShow(trunk, from)) {
    await assertOwned([{ number: from, field: fields.from }], tools, context);
  }
  assertNotTooOften(sipSettings, tools);
  return target;
}

function assertNotTooOften({ leg, updateSeconds }: AskedOfSip, { minSipUpdateSeconds }: Tools): void {
  if (updateSeconds === undefined || updateSeconds >= minSipUpdateSeconds) return;
  const field = pathOf(leg, 'sip_update');
  throw new Problem(
    'invalid-parameter',
    `${field} is ${updateSeconds}: this deployment sends an UPDATE every ${minSipUpdateSeconds} seconds at most.`,
    { field },
  );
}

/** An attribute of a leg, as whoever sent it calls it. */
const pathOf = (leg: string, attribute: string) => (leg === '' ? attribute : `${leg}.${attribute}`);

const unroutable = (field: string, message: string) => new Problem('unroutable', message, { field });
