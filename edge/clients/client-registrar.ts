import type { ClientStore } from '../../aws/client-store.ts';
import { Conflict } from '../../aws/table.ts';
import { accountOfDomain, CLIENT_NAME } from '../../core/client.ts';
import {
  liveContacts,
  MAX_CONTACT_CHARACTERS,
  MAX_CONTACTS,
  MAX_REGISTRATION_SECONDS,
  MIN_REGISTRATION_SECONDS,
  type RegisteredContact,
} from '../../core/registration.ts';
import { parseNameAddr } from '../../sip/dialog/parse.ts';
import { SipParseError } from '../../sip/message/errors.ts';
import { parseUri, type Uri } from '../../sip/uri/uri.ts';
import {
  type Binding,
  type Clock,
  confirmation,
  holdFlow,
  type IncomingRequest,
  type RegistrarLimits,
  register,
} from '../../sip/user-agent.ts';
import { errorFields, type Log } from '../log.ts';
import type { ClientAuthentication } from './authentication.ts';

/** The table could not be asked, or would not be written. */
const RETRY_AFTER_SECONDS = 5;
/** Two REGISTERs of one client at once are rare; more than that are somebody's mistake. */
const MAX_TRIES = 4;

const LIMITS: RegistrarLimits = {
  defaultSeconds: 3_600,
  minSeconds: MIN_REGISTRATION_SECONDS,
  maxSeconds: MAX_REGISTRATION_SECONDS,
  contacts: MAX_CONTACTS,
};

export interface ClientRegistrarParts {
  readonly clients: ClientStore;
  readonly authentication: ClientAuthentication;
  readonly clock: Clock;
  readonly log: Log;
  /** Hears of the address that a wrong password came from. */
  readonly failed: (address: string) => void;
}

/** REGISTER of the accounts' clients (RFC 3261 §10.3): an address-of-record is `sip:{client}@{account SID}`. */
export class ClientRegistrar {
  readonly #parts: ClientRegistrarParts;

  constructor(parts: ClientRegistrarParts) {
    this.#parts = parts;
  }

  /** Answers a REGISTER. */
  receive(incoming: IncomingRequest): void {
    this.#answer(incoming).catch(error => {
      if (error instanceof SipParseError) {
        incoming.respond(400, { reason: error.reason });
        return;
      }
      this.#parts.log('error', 'A REGISTER could not be carried out.', errorFields(error));
      incoming.respond(503, { headers: { 'Retry-After': RETRY_AFTER_SECONDS } });
    });
  }

  async #answer(incoming: IncomingRequest): Promise<void> {
    const { request, transaction } = incoming;
    const client = clientIn(request.to?.uri);
    if (client === undefined) {
      incoming.respond(404);
      return;
    }
    const { remote } = transaction.flow;
    const verdict = await this.#parts.authentication.check(request, client.accountSid, remote);
    if (!verdict.ok) {
      if (verdict.wrong) this.#parts.failed(remote.address);
      incoming.respond(verdict.challenge.status, { headers: verdict.challenge.headers });
    } else if (verdict.name !== client.name) incoming.respond(403);
    else await this.#register(incoming, client, verdict.passwordMark);
  }

  async #register(
    incoming: IncomingRequest,
    { accountSid, name }: ClientAddress,
    passwordMark: string,
  ): Promise<void> {
    const { clients, clock, log } = this.#parts;
    const { request, transaction } = incoming;
    for (let tries = 1; ; tries++) {
      const now = Math.floor(clock.now());
      const { contacts, version } = await clients.registrations.get(accountSid, name);
      const known = liveContacts(contacts, passwordMark, now).map(bindingOf);
      const registered = register(request, known, { flow: transaction.flow, limits: LIMITS, now });
      if ('status' in registered) {
        incoming.respond(registered.status, registered.reply);
        return;
      }
      const next = registered.bindings.map(binding => contactOf(binding, passwordMark));
      if (next.some(isTooLong)) {
        incoming.respond(403, { reason: 'Contact Too Long' });
        return;
      }
      try {
        // Without a Contact it only asks (RFC 3261 §10.2.3).
        if (request.headers.has('Contact')) await clients.registrations.put(accountSid, name, next, version);
      } catch (error) {
        if (!(error instanceof Conflict) || tries === MAX_TRIES) throw error;
        continue;
      }
      holdFlow(transaction.flow, registered.bindings);
      incoming.respond(200, confirmation(request, registered.bindings, now));
      log('debug', 'A client registered.', {
        accountSid,
        client: name,
        contacts: registered.bindings.length,
      });
      return;
    }
  }
}

interface ClientAddress {
  readonly accountSid: string;
  readonly name: string;
}

/** The client that an address-of-record is; undefined where it can be nobody's. */
export function clientIn(uri: Uri | undefined): ClientAddress | undefined {
  if (uri?.kind !== 'sip') return undefined;
  const accountSid = accountOfDomain(uri.host);
  const { user: name = '' } = uri;
  return accountSid !== undefined && CLIENT_NAME.test(name) ? { accountSid, name } : undefined;
}

const isTooLong = ({ contact, path }: RegisteredContact): boolean =>
  contact.length > MAX_CONTACT_CHARACTERS || path.join().length > MAX_CONTACT_CHARACTERS;

function bindingOf({ contact, path, expiresAtMs, passwordMark: _, ...same }: RegisteredContact): Binding {
  return { ...same, contact: parseUri(contact), path: path.map(parseNameAddr), expiresAt: expiresAtMs };
}

function contactOf(binding: Binding, passwordMark: string): RegisteredContact {
  const { contact, path, expiresAt, q, callId, sequence, received } = binding;
  const { protocol, address, port } = received;
  return {
    contact: `${contact}`,
    path: path.map(String),
    q,
    expiresAtMs: expiresAt,
    callId,
    sequence,
    received: { protocol, address, port },
    passwordMark,
  };
}
