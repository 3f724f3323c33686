import { END_REASONS } from '../../core/call-end.ts';
import { DIAL_TOKEN_LIFETIME_MS, type DialPlan } from '../../core/dial-plan.ts';
import { DEFAULT_TIME_LIMIT_SECONDS } from '../../core/limits.ts';
import { type Refusal, SAID_BY_THE_SERVICE } from '../../core/refusal.ts';
import { newCallSid } from '../../core/sid.ts';
import { Reason } from '../../sip/header/reason.ts';
import { SipParseError } from '../../sip/message/errors.ts';
import { randomBytes, randomToken } from '../../sip/random.ts';
import type { Reply } from '../../sip/session/incoming-request.ts';
import { FlowUri } from '../../sip/user-agent/flow-uri.ts';
import {
  forwardedMaxForwards,
  type IncomingInvitation,
  type OutgoingInvitation,
  type Session,
  SessionError,
  sdpOf,
} from '../../sip/user-agent.ts';
import { JoinedCall } from '../joined-call.ts';
import { JournalPage } from '../journal-page.ts';
import { Ledger } from '../ledger.ts';
import { errorFields } from '../log.ts';
import { ConversionMissing, type MediaPath, MediaUnavailable } from '../media-plane.ts';
import { SdpRefused } from '../sdp.ts';
import type { LiveDial, Surroundings, VoiceConnector } from '../surroundings.ts';
import { inviteVoiceService } from '../voice-service.ts';
import type { Admission, Admitted, TurnedAway } from './admission.ts';

/** Nobody rings for longer: proxies on the way would give up (RFC 3261 §16.6, timer C). */
export const RINGS_FOR_MS = 180_000;
/** 36 letters and digits to choose from: more than 128 bits. */
const TOKEN_CHARACTERS = 26;
const RETRY_AFTER_SECONDS = 5;
const BUSY: Reply = { headers: { 'Retry-After': RETRY_AFTER_SECONDS } };
const THE_CALL = 0;

/** What the voice service says, and means to the caller; anything else is passed on as it is. */
export const OUTSIDE_CODE: Readonly<Record<number, number>> = {
  // Its challenges, and its redirections, are the edge's to deal with, and it cannot.
  401: 500,
  407: 500,
  // The edge's own CANCEL, when it has rung for long enough.
  487: 480,
  // It did not answer at all.
  408: 503,
};

/**
 * A call that comes in from a trunk or a client: the edge writes down whose it is, and calls the voice service, which runs
 * the application. The caller is answered when that answers.
 *
 * ```
 * caller                 edge                     Voice Connector
 *   INVITE ─────────────▶ whose? (401 and again, for a client)
 *   180 ◀──────────────── plan written           where an application takes the call
 *                         INVITE ────────────────▶  X-Dialplane-Token; the caller's offer, PCMU of it
 *   180, 183 ◀──────────── ◀───────────────── 18x
 *   200 ◀───────────────── ◀───────────────── 200
 *   ACK ────────────────▶  ACK ───────────────────▶
 * ```
 */
export class IncomingCall implements LiveDial {
  readonly done: Promise<void>;
  readonly #surroundings: Surroundings;
  readonly #connector: VoiceConnector;
  readonly #invitation: IncomingInvitation;
  readonly #keep: (call: JoinedCall) => void;
  #connecting: OutgoingInvitation | undefined;
  /** The voice service's side, from its answer on. */
  #inside: Session | undefined;
  #path: MediaPath | undefined;
  #rings = false;
  #isJoined = false;
  #gone = false;

  constructor(
    surroundings: Surroundings,
    parts: {
      readonly connector: VoiceConnector;
      readonly admission: Admission;
      readonly invitation: IncomingInvitation;
      /** Has the bridge from then on. */
      readonly keep: (call: JoinedCall) => void;
    },
  ) {
    this.#surroundings = surroundings;
    this.#connector = parts.connector;
    this.#invitation = parts.invitation;
    this.#keep = parts.keep;
    this.#invitation.on('cancelled', () => this.#giveUp());
    this.done = this.#run(parts.admission)
      .catch(error => this.#broken(error))
      .finally(() => {
        if (!this.#isJoined) this.#path?.close();
      });
  }

  end(): void {
    if (this.#isJoined) return;
    this.#invitation.reject(503, BUSY);
    this.#giveUp();
  }

  async #run(admission: Admission): Promise<void> {
    const maxForwards = forwardedMaxForwards(this.#invitation.request);
    if (maxForwards === undefined) {
      this.#turnAway({ status: 483, cause: 'too many hops' });
      return;
    }
    const admitted = await admission.of(this.#invitation);
    if ('status' in admitted) {
      this.#turnAway(admitted);
      return;
    }
    const { sdp } = this.#invitation;
    if (sdp === undefined) {
      // RFC 3261 §20.43: what the caller could do about it.
      const reply = { headers: { Warning: '399 dialplane "An INVITE has to bring an offer"' } };
      this.#turnAway({ status: 488, reply, cause: 'no offer' });
      return;
    }
    const plan = await this.#write(admitted);
    // Whether anybody rings is for an application to say, which has the call now; nobody else may say so for a callee.
    if (admitted.call.receiver.kind !== 'verbs') this.#progress(180, undefined);
    const told = await this.#receive(plan, admitted, sdp);
    if (this.#gone) return;
    const inside = await this.#connect(plan, told, maxForwards);
    if (inside) await this.#join(plan, inside);
  }

  async #write({ accountSid, dialect, call }: Admitted): Promise<DialPlan> {
    const { plans, clock, random, name, log } = this.#surroundings;
    const nowMs = Math.floor(clock.now());
    const plan: DialPlan = {
      token: randomToken(random, TOKEN_CHARACTERS),
      kind: 'inbound',
      accountSid,
      dialect,
      rootSid: newCallSid({ bytes: count => randomBytes(random, count) }),
      calls: [],
      targets: [],
      callerId: call.from,
      ringTimeoutSeconds: RINGS_FOR_MS / 1_000,
      timeLimitSeconds: DEFAULT_TIME_LIMIT_SECONDS,
      hangupOnStar: false,
      expiresAtMs: nowMs + DIAL_TOKEN_LIFETIME_MS,
      inbound: call,
    };
    await plans.put(plan, nowMs, name);
    log('info', 'A call comes in.', { callSid: plan.rootSid, accountSid, receiver: call.receiver.kind });
    return plan;
  }

  /** What the voice service is offered. */
  async #receive({ rootSid }: DialPlan, { fromClient }: Admitted, offer: string): Promise<string> {
    const { media, isOutOfReach } = this.#surroundings;
    const { request, flow, session } = this.#invitation;
    const contact = request.contact?.uri;
    const isElsewhere = contact?.kind === 'sip' && contact.address !== flow.remote.address;
    const isLost = contact !== undefined && isOutOfReach(contact);
    // Requests in the dialog go where the caller's come from: a client's own address may be one of its own network.
    if (fromClient || isLost)
      session.dialog.detour = new FlowUri({ protocol: flow.protocol, ...flow.remote });
    this.#path = await media.receive({
      callSid: rootSid,
      offer,
      behindNat: isLost || (fromClient && isElsewhere),
    });
    return this.#path.pass('outside', 'offer', offer);
  }

  /** The voice service's side, once it has answered; nothing once the caller has been told that it does not. */
  async #connect(plan: DialPlan, sdp: string, maxForwards: number): Promise<Session | undefined> {
    const { clock } = this.#surroundings;
    const { token, callerId } = plan;
    const connecting = inviteVoiceService(this.#surroundings, {
      connector: this.#connector,
      token,
      callerId,
      sdp,
      maxForwards,
    });
    this.#connecting = connecting;
    connecting.on('progress', response => this.#progress(response.status, sdpOf(response)));
    const patience = clock.setTimeout(() => connecting.cancel(), RINGS_FOR_MS);
    try {
      const session = await connecting.answered;
      this.#inside = session;
      // Until the caller is joined to it, an offer of the voice service waits (RFC 3261 §14.2).
      session.onOffer = offer => offer.reject(491);
      return session;
    } catch (error) {
      this.#turnAway(await this.#refusalOf(plan, error));
      return undefined;
    } finally {
      clock.clearTimeout(patience);
    }
  }

  #progress(status: number, sdp: string | undefined): void {
    const invitation = this.#invitation;
    const isRinging = status === 180 && sdp === undefined;
    // It hears so once.
    if (isRinging && this.#rings) return;
    this.#rings ||= isRinging;
    const tell = (told?: string) => {
      if (invitation.state === 'open') invitation.progress(status, { sdp: told, reliable: false });
    };
    if (sdp === undefined) tell();
    // Early media that cannot be passed on is silence; the answer decides.
    else
      this.#path?.pass('inside', 'answer', sdp).then(
        told => tell(told),
        () => tell(),
      );
  }

  async #join(plan: DialPlan, inside: Session): Promise<void> {
    const path = this.#path as MediaPath;
    const told = await path.pass('inside', 'answer', inside.remoteSdp ?? '');
    if (this.#invitation.state !== 'open' || inside.end !== undefined) {
      inside.bye();
      this.#invitation.reject(480);
      return;
    }
    this.#invitation.removeAllListeners();
    const surroundings = this.#surroundings;
    const outside = this.#invitation.accept({ sdp: told });
    const ledger = new Ledger(surroundings, { plan, version: 0, closed: false });
    const joined = new JoinedCall({
      surroundings,
      ledger,
      page: new JournalPage(surroundings, plan.token),
      index: THE_CALL,
      inside,
      outside,
      path,
    });
    this.#isJoined = true;
    this.#keep(joined);
  }

  /** What its application has decided, which the voice service cannot say; or else what that says. */
  async #refusalOf({ token }: DialPlan, error: unknown): Promise<TurnedAway> {
    const { plans, log } = this.#surroundings;
    const bySip = refusedBy(error);
    // It may stand for another one.
    if (!SAID_BY_THE_SERVICE.has(bySip.status)) return bySip;
    try {
      const { refusal } = (await plans.get(token)) ?? {};
      return refusal === undefined ? bySip : asTold(refusal);
    } catch (cause) {
      log('error', 'What a caller is to be turned away with could not be read.', errorFields(cause));
      return bySip;
    }
  }

  #turnAway({ status, reply, cause }: TurnedAway): void {
    const { log } = this.#surroundings;
    const { address } = this.#invitation.flow.remote;
    log('info', 'A call was not let in.', { from: address, status, cause });
    this.#invitation.reject(status, reply);
  }

  #broken(error: unknown): void {
    if (error instanceof SipParseError)
      this.#turnAway({ status: 400, reply: { reason: error.reason }, cause: 'malformed' });
    else if (error instanceof SdpRefused || error instanceof ConversionMissing)
      this.#turnAway({ status: 488, cause: error.message });
    else {
      if (!(error instanceof MediaUnavailable))
        this.#surroundings.log('error', 'A call could not be let in.', errorFields(error));
      this.#turnAway({ status: 503, reply: BUSY, cause: 'not now' });
    }
    this.#giveUp();
  }

  #giveUp(): void {
    this.#gone = true;
    this.#connecting?.cancel();
    this.#inside?.bye();
  }
}

/** With the reason in words (RFC 3326). */
function asTold({ sipCode: status, reason }: Refusal): TurnedAway {
  const cause = reason === undefined ? 'its application turned it away' : END_REASONS[reason];
  const reply = { headers: { Reason: Reason.of('SIP', status, cause) } };
  return { status, cause, ...(reason !== undefined && { reply }) };
}

/** The voice service would not take the call. */
function refusedBy(error: unknown): TurnedAway {
  const code = error instanceof SessionError ? error.status : 500;
  const status = OUTSIDE_CODE[code] ?? (code < 400 ? 500 : code);
  return {
    status,
    ...(status === 503 && { reply: BUSY }),
    cause: `the voice service refused with ${code}`,
  };
}
