/** Calls that the SIP edge brings in: over trunks, and from clients. */
import type { SipOrigin } from './call.ts';
import { E164 } from './destination.ts';
import { legEnd } from './leg-end.ts';
import { DEFAULT_RING_TIMEOUT_SECONDS, DEFAULT_TIME_LIMIT_SECONDS } from './limits.ts';
import { isDialled } from './number-pattern.ts';
import type { Directory } from './resolve-destination.ts';
import { routeOf } from './route.ts';
import { MAX_HEADER_NAME_CHARACTERS } from './sip-header.ts';
import type { SipTarget } from './sip-target.ts';
import { mayShow } from './trunk.ts';
import type { DialEdge, DialNumber } from './verb.ts';

/** What the INVITE of such a call may bring along: its names, how many, and how long a value. */
export const ORIGIN_HEADER = /^(?:x-(?!dialplane).*|diversion|user-to-user)$/i;
export const MAX_ORIGIN_HEADERS = 20;
/** Of a display name; the rest is cut off. */
export const MAX_CALLER_NAME_CHARACTERS = 100;
export const MAX_ORIGIN_VALUE_CHARACTERS = 1_024;

/** What decides what becomes of a call that the edge brings. */
export type Receiver =
  /** The voice settings of the number that was called. */
  | { kind: 'number'; number: string }
  /** Those of the client that calls. */
  | { kind: 'client'; name: string }
  /** Nobody's: the client reaches whom it has dialled. */
  | { kind: 'verbs'; verbs: (DialNumber | DialEdge)[] };

export interface InboundCall {
  /** Whom it is for: a number, `client:name`, or what was dialled. */
  to: string;
  /** Who calls: a number, a SIP address, or `client:name`. */
  from: string;
  origin: SipOrigin;
  receiver: Receiver;
}

/** The headers of an INVITE that go along: X- headers, Diversion and User-to-User, but none of the platform's own. */
export function originHeaders(
  headers: Iterable<readonly [name: string, value: string]>,
): SipOrigin['headers'] {
  return [...headers]
    .filter(
      ([name, value]) =>
        ORIGIN_HEADER.test(name) &&
        name.length <= MAX_HEADER_NAME_CHARACTERS &&
        value.length <= MAX_ORIGIN_VALUE_CHARACTERS,
    )
    .slice(0, MAX_ORIGIN_HEADERS)
    .map(([name, value]) => [name, value]);
}

/** A dialled text as the number that an account may have: with its plus, which carriers leave out. */
export function asE164(dialled: string): string | undefined {
  const number = dialled.startsWith('+') ? dialled : `+${dialled}`;
  return E164.test(number) ? number : undefined;
}

/** `client:name`, as calls and documents name a client. */
export const clientText = (name: string): string => `client:${name}`;

/** A client that calls, and what its account has. */
export interface ClientCaller {
  accountSid: string;
  name: string;
  directory: Directory;
  /** What its INVITE brought along, of which X- headers go on to whom it reaches. */
  headers?: SipOrigin['headers'];
  /** One of its account's own, to be shown where a name means nothing. */
  number?: string | undefined;
}

/** Why a dialled text leads nowhere, and the SIP response that says so. */
export interface Refused {
  status: 403 | 404;
  reason: string;
}

/** The verb that reaches whom a client has dialled: another client, or a number as the account's routes lead it. */
export function reach(
  dialled: string,
  { accountSid, name, directory, headers = [], number }: ClientCaller,
): { to: string; verbs: (DialNumber | DialEdge)[] } | Refused {
  const isClient = directory.clients.has(dialled);
  // An address may hide in what was dialled: clients reach what their account has, and nothing else.
  if (!isClient && !isDialled(dialled)) return { status: 404, reason: `${dialled} leads nowhere.` };
  const to = isClient ? clientText(dialled) : dialled;
  const end = legEnd(to, {}, { directory, accountSid });
  if (end.kind === 'refused')
    return { status: routeOf(dialled, directory.routes) ? 403 : 404, reason: end.reason };
  const isNamed = end.kind === 'sip' && (end.trunk === undefined || mayShow(end.trunk, name));
  const callerId = isNamed ? name : number;
  if (callerId === undefined)
    return { status: 403, reason: 'The account has no number that could be shown.' };
  const settings = { ...SETTINGS, callerId };
  return {
    to,
    verbs: [
      end.kind === 'sip'
        ? { ...settings, verb: 'DialEdge', targets: [withCustomHeaders(end.target, headers)] }
        : { ...settings, verb: 'DialNumber', targets: [{ kind: 'number', number: end.number }] },
    ],
  };
}

/** A client is not its account: what a trunk sends of its own holds, whatever the client brought. */
function withCustomHeaders(target: SipTarget, brought: SipOrigin['headers']): SipTarget {
  const taken = new Set(target.headers.map(([name]) => name.toLowerCase()));
  const custom = brought.filter(([name]) => /^x-/i.test(name) && !taken.has(name.toLowerCase()));
  return { ...target, headers: [...target.headers, ...custom] };
}

const SETTINGS = {
  timeoutSeconds: DEFAULT_RING_TIMEOUT_SECONDS,
  timeLimitSeconds: DEFAULT_TIME_LIMIT_SECONDS,
  hangupOnStar: false,
  answer: 'document',
  afterwards: 'hangup',
} as const;
