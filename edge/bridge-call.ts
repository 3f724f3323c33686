import type { Outcome } from '../core/call.ts';
import type { Screening } from '../core/verb.ts';
import { forwardedMaxForwards, type IncomingInvitation } from '../sip/user-agent.ts';
import type { Joined } from './branch.ts';
import { type BranchEnd, ENDS } from './branch-end.ts';
import { Fork } from './fork.ts';
import { JoinedCall } from './joined-call.ts';
import { JournalPage } from './journal-page.ts';
import { Ledger } from './ledger.ts';
import { errorFields } from './log.ts';
import { ScreeningCall } from './screening-call.ts';
import type { LiveDial, Surroundings } from './surroundings.ts';

/** A claim could not be made: the voice service may try again (RFC 3261 §21.5.4). */
const RETRY_AFTER_SECONDS = 5;

interface Winner {
  readonly index: number;
  readonly joined: Joined;
}

/**
 * An INVITE of the voice service that brings a dial token: the plan's targets are called, and the first that answers is
 * joined. One that is to be screened is joined when it has accepted: see `ScreeningCall`.
 *
 * ```
 * voice service          edge              target(s)
 *   INVITE token ───────▶ claim
 *                         INVITE ─────────▶
 *   180 ◀──────────────── ◀──────────── 180   event ringing
 *                         ◀──────────── 200
 *                         ACK ────────────▶   CANCEL to the others
 *                         report written      events answered, completed
 *   200 ◀────────────────
 *   ACK ────────────────▶
 * ```
 */
export class BridgeCall implements LiveDial {
  readonly done: Promise<void>;
  readonly #surroundings: Surroundings;
  #token: string | undefined;
  #fork: Fork | undefined;
  /** Those of its calls that are not to ring, by their SIDs: said before the fork was there. */
  readonly #dropped = new Map<string, BranchEnd>();
  readonly #screenings = new Set<ScreeningCall>();
  #isJoined = false;
  #ended = false;
  readonly #keep: (call: JoinedCall) => void;

  /** `keep` has the bridge from then on: once that stands, nothing is left of what has made it, the INVITE and its answer among it. */
  constructor(surroundings: Surroundings, invitation: IncomingInvitation, keep: (call: JoinedCall) => void) {
    this.#surroundings = surroundings;
    this.#keep = keep;
    this.done = this.#run(invitation).catch(error => {
      surroundings.log('error', 'A dial broke.', errorFields(error));
      this.#giveUp(ENDS.invalidTarget);
      invitation.reject(500);
    });
  }

  end(): void {
    this.#giveUp(ENDS.draining);
  }

  /** Gives up one of the calls of the plan of this token, if that rings here. */
  drop(token: string, callSid: string, outcome: Outcome): void {
    if (token !== this.#token) return;
    const end = { ...ENDS.dropped, outcome };
    if (this.#fork) this.#fork.drop(callSid, end);
    else this.#dropped.set(callSid, end);
  }

  async #run(invitation: IncomingInvitation): Promise<void> {
    const maxForwards = forwardedMaxForwards(invitation.request);
    if (maxForwards === undefined) {
      invitation.reject(483);
      return;
    }
    this.#token = tokenOf(invitation);
    const ledger = await this.#claim(invitation);
    if (ledger === undefined) return;
    const offer = invitation.sdp;
    const page = new JournalPage(this.#surroundings, ledger.plan.token);
    void page.write({ kind: 'dialling', token: ledger.plan.token });
    invitation.on('cancelled', () => this.#giveUp(ENDS.callerGone));
    ledger.onClosed = () => this.#giveUp(ENDS.planClosed);
    const joined = await new Promise<Winner | undefined>(resolve => {
      this.#fork = new Fork({
        surroundings: this.#surroundings,
        ledger,
        offer,
        maxForwards,
        user: {
          ringing: status => progress(invitation, status),
          early: sdp => progress(invitation, 183, sdp),
          won: (index, winner) => resolve({ index, joined: winner }),
          screen: (index, answered, screening) => this.#screen(ledger, page, index, answered, screening),
          lost: code => {
            void lost(invitation, ledger, code).finally(() => resolve(undefined));
          },
        },
      });
      if (this.#ended || invitation.state !== 'open') this.#fork.refuse(ENDS.callerGone);
      else this.#fork.start(this.#dropped);
    });
    this.#fork = undefined;
    if (joined) await this.#won(invitation, ledger, page, joined);
    if (this.#isJoined) return;
    await ledger.settled();
    await page.remove();
  }

  /** The plan, or nothing once the caller has been told so. */
  async #claim(invitation: IncomingInvitation): Promise<Ledger | undefined> {
    const { plans, name, clock, log } = this.#surroundings;
    const token = this.#token;
    try {
      const stored = token ? await plans.claim(token, name, Math.floor(clock.now())) : undefined;
      if (stored?.plan.kind === 'bridge') {
        for (const [callSid, outcome] of Object.entries(stored.dropped ?? {}))
          this.drop(stored.plan.token, callSid, outcome);
        return new Ledger(this.#surroundings, stored);
      }
      log('warn', 'An INVITE brought no token that can be used.', { from: invitation.flow.remote.address });
      invitation.reject(404);
    } catch (error) {
      log('error', 'A plan could not be claimed.', errorFields(error));
      invitation.reject(503, { headers: { 'Retry-After': RETRY_AFTER_SECONDS } });
    }
    return undefined;
  }

  /** The branch is screened; what it has open is written down, until all is joined or over. */
  #screen(
    ledger: Ledger,
    page: JournalPage,
    index: number,
    joined: Joined,
    screening: Screening,
  ): ScreeningCall {
    const surroundings = this.#surroundings;
    const { token } = ledger.plan;
    const { voiceConnector: connector } = surroundings;
    if (connector === undefined) throw new TypeError('Nobody is called that could not be screened.');
    const changed = () => {
      const open = [...this.#screenings].flatMap(({ openLegs }) => openLegs);
      if (!this.#isJoined) void page.write({ kind: 'dialling', token, open });
    };
    const call = new ScreeningCall({
      surroundings,
      connector,
      ledger,
      index,
      joined,
      screening,
      changed,
    });
    this.#screenings.add(call);
    changed();
    return call;
  }

  async #won(
    invitation: IncomingInvitation,
    ledger: Ledger,
    page: JournalPage,
    { index, joined: { session, sdp, path } }: Winner,
  ): Promise<void> {
    ledger.joined(index);
    const written = await ledger.save().catch(() => false);
    const callerGone = invitation.state !== 'open';
    if (!written || callerGone || this.#ended || session.end !== undefined) {
      session.bye();
      path.close();
      ledger.tell(index, 'completed', { talkMs: ledger.talkMs(index) });
      await ledger.save().catch(() => false);
      invitation.reject(written ? 480 : 500);
      return;
    }
    const { insideTimer } = this.#surroundings;
    invitation.removeAllListeners();
    const inside = invitation.accept({ sdp, ...(insideTimer && { sessionTimer: insideTimer }) });
    const joined = new JoinedCall({
      surroundings: this.#surroundings,
      ledger,
      page,
      index,
      inside,
      outside: session,
      path,
    });
    this.#isJoined = true;
    this.#keep(joined);
    // Asked for our offer, the caller answers in its ACK (RFC 3261 §13.2.2.4): only now its media is known.
    if (invitation.sdp === undefined) inside.once('negotiated', () => void joined.introduce());
  }

  #giveUp(end: BranchEnd): void {
    this.#ended = true;
    this.#fork?.cancel(end);
  }
}

function progress(invitation: IncomingInvitation, status: number, sdp?: string): void {
  if (invitation.state === 'open') invitation.progress(status, { sdp, reliable: false });
}

async function lost(invitation: IncomingInvitation, ledger: Ledger, code: number): Promise<void> {
  await ledger.save().catch(() => false);
  invitation.reject(code);
}

/** The user part of the Request-URI. */
function tokenOf({ request }: IncomingInvitation): string {
  const { requestUri } = request;
  return requestUri.kind === 'sip' ? (requestUri.user ?? '') : '';
}
