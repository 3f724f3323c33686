import { type NameAddr, PATH } from '../header/name-addr.ts';
import type { SipRequest } from '../message/message.ts';
import type { Reply } from '../session/incoming-request.ts';
import type { Flow } from '../transport/transport.ts';
import type { Binding } from './bindings.ts';

/** What a registrar allows, in seconds and numbers. */
export interface RegistrarLimits {
  /** When the request does not say. */
  readonly defaultSeconds: number;
  /** A shorter wish gets 423, one of less than an hour only (RFC 3261 §10.3). */
  readonly minSeconds: number;
  /** A longer wish is lowered. */
  readonly maxSeconds: number;
  /** Contacts of one address-of-record; more get 403. */
  readonly contacts: number;
}

/** Defaults. */
export const registrarLimits: RegistrarLimits = {
  defaultSeconds: 3_600,
  minSeconds: 60,
  maxSeconds: 7_200,
  contacts: 10,
};

/** What a REGISTER comes to: the bindings that its address-of-record has from then on, or why it gets none. */
export type Registered =
  | { readonly bindings: readonly Binding[] }
  | { readonly status: number; readonly reply: Reply };

/** What a REGISTER is judged by. */
export interface RegisterTerms {
  /** Where it came from: behind a NAT, the only way back to its contacts (RFC 3581, RFC 5626 §5.3). */
  readonly flow: Flow;
  readonly limits: RegistrarLimits;
  readonly now: number;
}

interface Wish {
  readonly contact: NameAddr;
  readonly seconds: number;
}

const refused = (status: number, reply: Reply = {}): Registered => ({ status, reply });

/** Carries out a REGISTER (RFC 3261 §10.3) on the bindings that there are: all of it, or none. */
export function register(
  request: SipRequest,
  known: readonly Binding[],
  { flow, limits, now }: RegisterTerms,
): Registered {
  if (request.contactIsStar) return withoutAny(request, known);
  const wishes = request.contacts.map(contact => ({ contact, seconds: secondsOf(contact, request, limits) }));
  if (wishes.some(({ seconds }) => seconds > 0 && seconds < limits.minSeconds))
    return refused(423, { headers: { 'Min-Expires': limits.minSeconds } });
  const bindings = merged(known, wishes, { request, flow, now });
  if (bindings === 'out-of-order') return refused(500);
  if (bindings.length > limits.contacts) return refused(403, { reason: 'Too Many Contacts' });
  return { bindings: bindings.toSorted((a, b) => b.q - a.q) };
}

/** Keeps a flow for as long as contacts are registered that are reached by it (RFC 5626 §5.3), also after it was quiet. */
export function holdFlow(flow: Flow, bindings: readonly Binding[]): void {
  const { address, port } = flow.remote;
  for (const { received, expiresAt } of bindings)
    if (received.address === address && received.port === port)
      flow.registeredUntilMs = Math.max(flow.registeredUntilMs ?? 0, expiresAt);
}

/** What a 200 says of the bindings (RFC 3261 §10.3 step 8, RFC 3327 §5.3). */
export function confirmation(request: SipRequest, bindings: readonly Binding[], now: number): Reply {
  return {
    contact: bindings.map(
      binding =>
        `<${binding.contact}>;expires=${Math.ceil((binding.expiresAt - now) / 1_000)};q=${binding.q}`,
    ),
    headers: [
      ['Date', new Date(now).toUTCString()],
      ...request.headers.all('Path').map(hop => ['Path', hop] as const),
    ],
  };
}

function withoutAny(request: SipRequest, known: readonly Binding[]): Registered {
  // RFC 3261 §10.2.2: `*` stands alone and with Expires: 0.
  if (request.expires !== 0 || request.headers.all('Contact').length !== 1) return refused(400);
  return known.some(binding => isOlder(request, binding)) ? refused(500) : { bindings: [] };
}

function secondsOf(contact: NameAddr, request: SipRequest, limits: RegistrarLimits): number {
  const own = contact.params.get('expires');
  // RFC 3261 §20.10: what cannot be read counts as 3600.
  const asked = own === undefined ? request.expires : /^\d{1,10}$/.test(own) ? Number(own) : 3_600;
  return Math.min(asked ?? limits.defaultSeconds, limits.maxSeconds);
}

function merged(
  known: readonly Binding[],
  wishes: readonly Wish[],
  { request, flow, now }: { request: SipRequest; flow: Flow; now: number },
): Binding[] | 'out-of-order' {
  let bindings = [...known];
  const path = request.headers.readAll(PATH);
  for (const { contact, seconds } of wishes) {
    const same = bindings.find(binding => binding.contact.equals(contact.uri));
    if (same && isOlder(request, same)) return 'out-of-order';
    bindings = bindings.filter(binding => binding !== same);
    if (seconds === 0) continue;
    bindings.push({
      contact: contact.uri,
      path,
      received: { protocol: flow.protocol, ...flow.remote },
      q: Number(contact.params.get('q') ?? 1) || 0,
      expiresAt: now + seconds * 1_000,
      callId: request.callId ?? '',
      sequence: request.cseq?.number ?? 0,
    });
  }
  return bindings;
}

/** RFC 3261 §10.3 step 7: of one Call-ID, only a higher CSeq changes a binding. */
function isOlder(request: SipRequest, binding: Binding): boolean {
  return request.callId === binding.callId && (request.cseq?.number ?? 0) <= binding.sequence;
}
