import { isIP } from 'node:net';
import type { ClientStore } from '../../aws/client-store.ts';
import type { InboundDirectory } from '../../aws/inbound-directory.ts';
import type { SipOrigin } from '../../core/call.ts';
import { accountOfDomain } from '../../core/client.ts';
import {
  asE164,
  type ClientCaller,
  clientText,
  type InboundCall,
  MAX_CALLER_NAME_CHARACTERS,
  originHeaders,
  reach,
} from '../../core/inbound.ts';
import { isDialled } from '../../core/number-pattern.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import type { Reply } from '../../sip/session/incoming-request.ts';
import type { SipUri } from '../../sip/uri/sip-uri.ts';
import type { Uri } from '../../sip/uri/uri.ts';
import type { IncomingInvitation } from '../../sip/user-agent.ts';
import type { ClientAuthentication } from '../clients/authentication.ts';
import { clientIn } from '../clients/client-registrar.ts';
import type { TrunkList } from './trunk-list.ts';

/** A call that may come in. */
export interface Admitted {
  readonly accountSid: string;
  readonly dialect: string;
  readonly call: InboundCall;
  /** It comes from a client: what that says of where it is may be true in its own network only. */
  readonly fromClient: boolean;
}

/** A call that may not: what the caller is told, and the operator. */
export interface TurnedAway {
  readonly status: number;
  readonly reply?: Reply | undefined;
  readonly cause: string;
}

export interface AdmissionParts {
  readonly directory: InboundDirectory;
  readonly trunks: TrunkList;
  /** Without them only trunks may call. */
  readonly clients:
    | { readonly store: ClientStore; readonly authentication: ClientAuthentication }
    | undefined;
  /** Hears of the address that a wrong password came from. */
  readonly failed: (address: string) => void;
  /** What the edge calls itself. */
  readonly host: () => string;
}

/** Of calls that run no application: nothing is asked for in its words. */
const DEFAULT_DIALECT = 'signalwire';

/**
 * Whether a call may come in, and what decides what becomes of it. Whose it is says the domain of From, where that is an
 * account's: such a caller has to be one of its clients, and prove it. Any other comes over a trunk, by the address that it comes
 * from, and the number that it calls says whose.
 */
export class Admission {
  readonly #parts: AdmissionParts;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /** @throws {SipParseError} for what cannot be read, and whatever the table throws */
  async of(invitation: IncomingInvitation): Promise<Admitted | TurnedAway> {
    const from = invitation.request.from?.uri;
    const accountSid = from?.kind === 'sip' ? accountOfDomain(from.host) : undefined;
    return accountSid === undefined
      ? this.#overTrunk(invitation)
      : this.#fromClient(invitation, from as SipUri, accountSid);
  }

  async #overTrunk({ request, flow }: IncomingInvitation): Promise<Admitted | TurnedAway> {
    const { directory, trunks } = this.#parts;
    const possible = await trunks.at(flow.remote.address);
    if (possible.length === 0) return { status: 403, cause: 'no trunk has this address' };
    const called = asE164(dialledIn(request.requestUri));
    const number = called === undefined ? undefined : await directory.number(called);
    const isTheirs = possible.some(({ accountSid }) => accountSid === number?.accountSid);
    if (number === undefined || !isTheirs) return { status: 404, cause: 'no number of the trunk’s account' };
    const { accountSid, dialect } = number;
    return {
      accountSid,
      dialect,
      fromClient: false,
      call: {
        to: number.number,
        from: callerIn(request.from?.uri),
        origin: originOf(request),
        receiver: { kind: 'number', number: number.number },
      },
    };
  }

  async #fromClient(
    { request, flow }: IncomingInvitation,
    from: SipUri,
    accountSid: string,
  ): Promise<Admitted | TurnedAway> {
    const { clients, failed } = this.#parts;
    if (clients === undefined) return { status: 403, cause: 'no clients here' };
    const verdict = await clients.authentication.check(request, accountSid, flow.remote);
    if (!verdict.ok) {
      if (verdict.wrong) failed(flow.remote.address);
      const { status, headers } = verdict.challenge;
      return { status, reply: { headers }, cause: verdict.wrong ? 'wrong password' : 'no credentials' };
    }
    const { name } = verdict;
    const client = clientIn(from)?.name === name ? await clients.store.get(accountSid, name) : undefined;
    if (client === undefined) return { status: 403, cause: 'From is not who logged in' };
    const dialled = this.#dialledBy(accountSid, request.requestUri);
    if (dialled === undefined) return { status: 404, cause: 'another domain was dialled' };
    const { voice, applicationSid, dialect = DEFAULT_DIALECT } = client.value;
    const hasApplication = voice !== undefined || applicationSid !== undefined;
    const origin = originOf(request);
    const received = await this.#receiver(
      { accountSid, name, headers: origin.headers },
      dialled,
      hasApplication,
    );
    if ('status' in received) return received;
    const { to, receiver, dialect: ofNumber = dialect } = received;
    return {
      accountSid,
      dialect: ofNumber,
      fromClient: true,
      call: { to, from: clientText(name), origin, receiver },
    };
  }

  async #receiver(
    caller: Pick<ClientCaller, 'accountSid' | 'name' | 'headers'>,
    dialled: string,
    hasApplication: boolean,
  ): Promise<(Pick<InboundCall, 'to' | 'receiver'> & { dialect?: string }) | TurnedAway> {
    const { directory } = this.#parts;
    const { accountSid, name } = caller;
    const called = asE164(dialled);
    const found = called === undefined ? undefined : await directory.number(called);
    const number = found?.accountSid === accountSid ? found : undefined;
    if (hasApplication) return { to: number?.number ?? dialled, receiver: { kind: 'client', name } };
    if (number !== undefined) {
      const { number: to, dialect } = number;
      return { to, dialect, receiver: { kind: 'number', number: to } };
    }
    const [known, own] = await Promise.all([
      directory.read(accountSid, [dialled, clientText(dialled)]),
      directory.firstNumber(accountSid),
    ]);
    const reached = reach(dialled, { ...caller, directory: known, number: own });
    if ('status' in reached) return { status: reached.status, cause: reached.reason };
    return { to: reached.to, receiver: { kind: 'verbs', verbs: reached.verbs } };
  }

  /** What a client has dialled here: an address of another domain is nobody that this edge knows. */
  #dialledBy(accountSid: string, uri: Uri): string | undefined {
    if (uri.kind !== 'sip') return undefined;
    const isHere =
      accountOfDomain(uri.host) === accountSid || isIP(uri.address) > 0 || uri.host === this.#parts.host();
    return isHere ? dialledIn(uri) : undefined;
  }
}

/** The user part without its parameters (RFC 3261 §19.1.6), and numbers without visual separators (RFC 3966 §5.1.1). */
function dialledIn(uri: Uri): string {
  if (uri.kind === 'tel') return bare(uri.number);
  const [user = ''] = (uri.kind === 'sip' ? (uri.user ?? '') : '').split(';');
  return bare(user);
}

function bare(text: string): string {
  const number = text.replace(/[-.()]/g, '');
  return isDialled(number) ? number : text;
}

function callerIn(uri: Uri | undefined): string {
  const caller = uri === undefined ? '' : dialledIn(uri);
  return isDialled(caller) || uri?.kind !== 'sip'
    ? caller
    : `sip:${caller === '' ? '' : `${caller}@`}${uri.host}`;
}

function originOf(request: SipRequest): SipOrigin {
  const callerName = request.from?.displayName?.slice(0, MAX_CALLER_NAME_CHARACTERS) ?? '';
  return {
    callId: request.callId ?? '',
    to: request.headers.get('To') ?? '',
    ...(callerName !== '' && { callerName }),
    headers: originHeaders([...request.headers].map(([name, value]) => [name, `${value}`] as const)),
  };
}
