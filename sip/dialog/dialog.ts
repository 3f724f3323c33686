import { detached } from '../grammar/detached.ts';
import { quoteIfNeeded } from '../grammar/quoting.ts';
import type { NameAddr } from '../header/name-addr.ts';
import { createRequest, type HeaderInit } from '../message/create.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { none } from '../none.ts';
import { parseUri, type Uri } from '../uri/uri.ts';
import { parseNameAddr } from './parse.ts';
import { type Routing, routed } from './route.ts';

export type DialogState = 'early' | 'confirmed' | 'terminated';

/** All that a dialog is, as plain data: written down, a confirmed dialog outlives its process. */
export interface DialogSnapshot {
  readonly state: DialogState;
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** From or To of our side, without tag. */
  readonly localParty: string;
  readonly remoteParty: string;
  readonly localSequence: number;
  readonly remoteSequence: number | undefined;
  readonly remoteTarget: string;
  readonly routeSet: readonly string[];
  /** See `Dialog.detour`. */
  readonly detour?: string | undefined;
  readonly contactUser?: string | undefined;
  readonly secure: boolean;
  /** Whether we sent the request that made it: the UAC, the creator of the Call-ID. */
  readonly isUac: boolean;
}

/** What a request in a dialog carries besides what the dialog gives. */
export interface InDialogRequest {
  readonly headers?: HeaderInit | undefined;
  readonly contentType?: string | undefined;
  readonly body?: Uint8Array | string | undefined;
}

/** A request and where its next hop is. */
export interface Addressed {
  readonly request: SipRequest;
  readonly nextHop: Uri;
  /** The user part of our Contact, where it is not the agent's. */
  readonly contactUser?: string | undefined;
}

const targetRefreshes: ReadonlySet<string> = new Set(['INVITE', 'UPDATE', 'SUBSCRIBE', 'NOTIFY', 'REFER']);

/** A dialog (RFC 3261 §12): who talks to whom, by which way, and in which order. */
export class Dialog {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** What From and To say of both sides, without their tags: as text, since a call keeps it for as long as it lasts. */
  readonly localParty: string;
  readonly remoteParty: string;
  readonly secure: boolean;
  readonly isUac: boolean;
  /**
   * Where requests go that have no route set, in place of the remote target: a peer behind a NAT names an address in
   * its Contact that nobody outside can reach.
   */
  detour: Uri | undefined;
  /** The user part of our Contact, where it is not the agent's: the same in all that we send (§12.2.1.1). */
  contactUser: string | undefined;
  #state: DialogState;
  #localSequence: number;
  #remoteSequence: number | undefined;
  #remoteTarget: Uri;
  #routeSet: readonly NameAddr[];

  private constructor(
    parts: DialogSnapshot & { readonly routes: readonly NameAddr[]; readonly target: Uri },
  ) {
    this.callId = parts.callId;
    this.localTag = parts.localTag;
    this.remoteTag = parts.remoteTag;
    this.localParty = parts.localParty;
    this.remoteParty = parts.remoteParty;
    this.secure = parts.secure;
    this.isUac = parts.isUac;
    this.#state = parts.state;
    this.#localSequence = parts.localSequence;
    this.#remoteSequence = parts.remoteSequence;
    this.#remoteTarget = parts.target;
    this.#routeSet = parts.routes;
  }

  /** The dialog that a response with a To tag makes at the side that asked (§12.1.2). */
  static asUac(request: SipRequest, response: SipResponse): Dialog {
    // RFC 3261 §12.1.2: Call-ID and our side are those of the request, whatever the response says of them.
    const { from } = parties(request);
    const { to } = parties(response);
    return new Dialog({
      state: response.status < 200 ? 'early' : 'confirmed',
      callId: request.callId ?? '',
      localTag: detached(from.tag ?? ''),
      // A peer of RFC 2543 may have no tag.
      remoteTag: detached(to.tag ?? ''),
      localParty: withoutTag(from),
      remoteParty: withoutTag(to),
      localSequence: request.cseq?.number ?? 0,
      remoteSequence: undefined,
      remoteTarget: '',
      target: keptUri(response.contact?.uri ?? request.requestUri),
      routeSet: [],
      routes: keptRoutes(response.recordRoutes.toReversed()),
      secure: request.uri.toLowerCase().startsWith('sips:'),
      isUac: true,
    });
  }

  /** The dialog that our response with this To tag makes at the side that was asked (§12.1.1). */
  static asUas(request: SipRequest, localTag: string, state: DialogState): Dialog {
    const { from, to } = parties(request);
    return new Dialog({
      state,
      callId: detached(request.callId ?? ''),
      localTag,
      remoteTag: detached(from.tag ?? ''),
      localParty: withoutTag(to),
      remoteParty: withoutTag(from),
      localSequence: 0,
      remoteSequence: request.cseq?.number,
      remoteTarget: '',
      target: keptUri(request.contact?.uri ?? from.uri),
      routeSet: [],
      routes: keptRoutes(request.recordRoutes),
      secure: request.uri.toLowerCase().startsWith('sips:'),
      isUac: false,
    });
  }

  /** A dialog that was written down. */
  static restore(snapshot: DialogSnapshot): Dialog {
    const dialog = new Dialog({
      ...snapshot,
      target: parseUri(snapshot.remoteTarget),
      routes: snapshot.routeSet.map(route => parseNameAddr(route)),
    });
    if (snapshot.detour !== undefined) dialog.detour = parseUri(snapshot.detour);
    dialog.contactUser = snapshot.contactUser;
    return dialog;
  }

  get state(): DialogState {
    return this.#state;
  }

  /** Call-ID and both tags: what names it among others (§12). */
  get id(): string {
    return dialogId(this.callId, this.localTag, this.remoteTag);
  }

  get remoteTarget(): Uri {
    return this.#remoteTarget;
  }

  get routeSet(): readonly NameAddr[] {
    return this.#routeSet;
  }

  /** The sequence number of our last request. */
  get localSequence(): number {
    return this.#localSequence;
  }

  get remoteSequence(): number | undefined {
    return this.#remoteSequence;
  }

  snapshot(): DialogSnapshot {
    return {
      state: this.#state,
      callId: this.callId,
      localTag: this.localTag,
      remoteTag: this.remoteTag,
      localParty: this.localParty,
      remoteParty: this.remoteParty,
      localSequence: this.#localSequence,
      remoteSequence: this.#remoteSequence,
      remoteTarget: `${this.#remoteTarget}`,
      routeSet: this.#routeSet.map(route => `${route}`),
      secure: this.secure,
      isUac: this.isUac,
      ...(this.detour && { detour: `${this.detour}` }),
      ...(this.contactUser !== undefined && { contactUser: this.contactUser }),
    };
  }

  /** How any request in the dialog is addressed. */
  routing(): Routing {
    const routing = routed(this.#remoteTarget, this.#routeSet);
    if (this.detour === undefined || this.#routeSet.length > 0) return routing;
    return { ...routing, nextHop: this.detour };
  }

  /** The next request of ours (§12.2.1.1): its sequence number is one more than that of the last. */
  request(method: string, init: InDialogRequest = {}): Addressed {
    return this.#addressed(method, ++this.#localSequence, init);
  }

  /** The ACK of a 2xx (§13.2.2.4): the sequence number is that of its INVITE. */
  ack(inviteSequence: number, init: InDialogRequest = {}): Addressed {
    return this.#addressed('ACK', inviteSequence, init);
  }

  /** A number for a request that is sent again with credentials or another interval. */
  nextSequence(): number {
    return ++this.#localSequence;
  }

  /** Our INVITE was repeated before it made the dialog: the count goes on from there. */
  raiseSequence(sequence: number): void {
    this.#localSequence = Math.max(this.#localSequence, sequence);
  }

  /**
   * Takes the peer's next request. False if it is out of order, to be refused with 500 (§12.2.2); numbers may be
   * left out, and ACK and CANCEL carry those of their INVITE.
   */
  accept(request: SipRequest): boolean {
    if (request.method === 'ACK' || request.method === 'CANCEL') return true;
    const sequence = request.cseq?.number ?? 0;
    if (this.#remoteSequence !== undefined && sequence <= this.#remoteSequence) return false;
    this.#remoteSequence = sequence;
    return true;
  }

  /** A target refresh request of the peer, or a 2xx to ours, moves the remote target to its Contact (§12.2). */
  refreshTarget(message: SipRequest | SipResponse): void {
    const method = message.cseq?.method ?? '';
    const target = targetRefreshes.has(method) ? message.contact?.uri : undefined;
    if (target && `${target}` !== `${this.#remoteTarget}`) this.#remoteTarget = keptUri(target);
  }

  /** The 2xx that confirms an early dialog of ours: route set and target are computed anew (§13.2.2.4). */
  confirm(response?: SipResponse): void {
    if (this.#state !== 'early') return;
    this.#state = 'confirmed';
    if (response === undefined) return;
    this.#routeSet = keptRoutes(response.recordRoutes.toReversed());
    this.refreshTarget(response);
  }

  terminate(): void {
    this.#state = 'terminated';
  }

  #addressed(method: string, cseq: number, init: InDialogRequest): Addressed {
    const { uri, routes, nextHop } = this.routing();
    const request = createRequest({
      method,
      uri,
      routes,
      from: tagged(this.localParty, this.localTag),
      to: tagged(this.remoteParty, this.remoteTag),
      callId: this.callId,
      cseq,
      ...init,
    });
    return { request, nextHop, contactUser: this.contactUser };
  }
}

/** The name of a dialog, from the point of view of its owner. */
export function dialogId(callId: string, localTag: string, remoteTag: string): string {
  return `${callId}|${localTag}|${remoteTag}`;
}

/** What a dialog keeps does not keep the message that it came in. */
const keptUri = (uri: Uri): Uri => parseUri(detached(`${uri}`));
const keptRoutes = (routes: readonly NameAddr[]): readonly NameAddr[] =>
  routes.length === 0 ? none : routes.map(route => parseNameAddr(detached(`${route}`)));

function parties(message: SipRequest | SipResponse): { from: NameAddr; to: NameAddr } {
  const { from, to } = message;
  if (from === undefined || to === undefined) throw new TypeError('A dialog needs From and To.');
  return { from, to };
}

/** A peer's tag may have come in quotes, though it should be a token. */
const tagged = (party: string, tag: string): string =>
  tag === '' ? party : `${party};tag=${quoteIfNeeded(tag)}`;

function withoutTag(party: NameAddr): string {
  return detached(`${party.with({ params: party.params.without('tag') })}`);
}
