import type { Clock, TimerHandle } from '../clock.ts';
import { glareBackOffMs } from '../dialog/glare.ts';
import { type Random, randomInteger } from '../random.ts';
import { type ReplyAct, replyAct } from './reply-table.ts';

/** The states of a leg's refreshing. */
export type RefresherState = 'Idle' | 'Wait' | 'Defer' | 'Pending' | 'BackOff' | 'End';

/** How a refresh ended. */
export type RefreshOutcome =
  | { readonly kind: 'response'; readonly status: number; readonly retryAfterSeconds?: number | undefined }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'transport-error' };

/** What a refresher needs of its dialog. */
export interface RefresherDialog {
  /** Whether we made the Call-ID: it decides the back-off. */
  readonly ownsCallId: boolean;
  /** Whether the peer said that it takes UPDATE (its last Allow). */
  readonly peerAllowsUpdate: boolean;
  /** Whether an INVITE or UPDATE transaction of ours is open. */
  readonly busy: boolean;
  /** Sends UPDATE without SDP, or a re-INVITE with the unchanged SDP; `answered` is then called once. */
  refresh(method: 'UPDATE' | 'INVITE'): void;
  /** The dialog is gone: BYE and end the call. */
  end(cause: string): void;
}

/** A refresher's settings. */
export interface RefresherOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly dialog: RefresherDialog;
  /** How many refreshes may fail in a row before the call is given up. */
  readonly failures?: number;
}

const FAILURES = 3;
const LONGEST_RETRY_SECONDS = 10;

/**
 * Refreshes a dialog every so many seconds and knows what each answer means: one machine for the refresher
 * role of RFC 4028 and for a keep-alive UPDATE with a period of its own. The period runs from send to send,
 * without drift; after a retry it starts anew from the answer.
 */
export class Refresher {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #dialog: RefresherDialog;
  readonly #mostFailures: number;
  #state: RefresherState = 'Idle';
  #timer: TimerHandle | undefined;
  #periodMs = 0;
  #dueAt = 0;
  #retried = false;
  #raised = false;
  #failures = 0;
  #method: 'UPDATE' | 'INVITE' = 'UPDATE';
  #fellBack = false;

  constructor({ clock, random, dialog, failures = FAILURES }: RefresherOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#dialog = dialog;
    this.#mostFailures = failures;
  }

  get state(): RefresherState {
    return this.#state;
  }

  /** Milliseconds of the clock when the next refresh is due, or was, if it is not over. */
  get dueAt(): number | undefined {
    return this.#state === 'Idle' || this.#state === 'End' ? undefined : this.#dueAt;
  }

  /** Refreshes every `periodSeconds` from now on; a running period of the same length is left alone. */
  start(periodSeconds: number): void {
    if (this.#state === 'End') return;
    const periodMs = periodSeconds * 1_000;
    const same = periodMs === this.#periodMs;
    this.#periodMs = periodMs;
    if (this.#state === 'Idle' || (this.#state === 'Wait' && !same)) this.#waitFrom(this.#clock.now());
  }

  /** Goes on with a period that ran elsewhere: the next refresh is due then, or at once where that has passed. */
  resume(dueAtMs: number): void {
    if (this.#state === 'Wait') this.#waitUntil(dueAtMs);
  }

  /** Forgets every timer. For good: the dialog has ended. */
  stop(): void {
    this.#state = 'End';
    this.#clock.clearTimeout(this.#timer);
  }

  /** No refresh is wanted any more, or not now: the peer has become the refresher. */
  pause(): void {
    if (this.#state === 'End') return;
    this.#clock.clearTimeout(this.#timer);
    this.#periodMs = 0;
    if (this.#state !== 'Pending') this.#state = 'Idle';
  }

  /** A transaction of ours has ended; one that refreshed the session stands for the deferred tick. */
  dialogFree(refreshed: boolean): void {
    if (this.#state !== 'Defer') return;
    if (refreshed) this.#waitFrom(this.#clock.now());
    else this.#tick();
  }

  /** The refresh that was sent has its answer. */
  answered(outcome: RefreshOutcome): void {
    if (this.#state !== 'Pending') return;
    if (outcome.kind !== 'response') this.#end(outcome.kind);
    else
      Refresher.#acts[replyAct(outcome.status, this.#method)](
        this,
        outcome.status,
        outcome.retryAfterSeconds,
      );
  }

  static readonly #acts: Readonly<
    Record<ReplyAct, (refresher: Refresher, status: number, retryAfter?: number) => void>
  > = {
    alive: refresher => refresher.#succeeded(),
    tolerated: refresher => refresher.#succeeded(),
    glare: refresher => {
      refresher.#retryAfter(glareBackOffMs(refresher.#dialog.ownsCallId, refresher.#random));
    },
    wait: (refresher, _status, retryAfter) =>
      refresher.#retryAfter(
        retryAfter === undefined
          ? randomInteger(refresher.#random, 0, LONGEST_RETRY_SECONDS * 100) * 10
          : retryAfter * 1_000,
      ),
    raise: refresher => {
      if (refresher.#raised) return refresher.#failed();
      refresher.#raised = true;
      refresher.#send();
    },
    'fall-back': refresher => {
      refresher.#fellBack = true;
      refresher.#retried = true;
      refresher.#send();
    },
    gone: (refresher, status) => refresher.#end(`${status}`),
    failed: (refresher, _status, retryAfter) => refresher.#failed(retryAfter),
  };

  #waitFrom(fromMs: number): void {
    this.#clock.clearTimeout(this.#timer);
    if (this.#periodMs === 0) {
      this.#state = 'Idle';
      return;
    }
    this.#state = 'Wait';
    this.#retried = false;
    this.#raised = false;
    this.#waitUntil(fromMs + this.#periodMs);
  }

  #waitUntil(dueAtMs: number): void {
    this.#clock.clearTimeout(this.#timer);
    this.#dueAt = dueAtMs;
    this.#timer = this.#clock.setTimeout(() => this.#tick(), Math.max(0, dueAtMs - this.#clock.now()));
  }

  #tick(): void {
    if (this.#dialog.busy) {
      this.#state = 'Defer';
      return;
    }
    this.#dueAt = this.#clock.now();
    this.#send();
  }

  #send(): void {
    this.#method = this.#fellBack || !this.#dialog.peerAllowsUpdate ? 'INVITE' : 'UPDATE';
    this.#state = 'Pending';
    this.#dialog.refresh(this.#method);
  }

  #succeeded(): void {
    this.#failures = 0;
    this.#waitFrom(this.#retried ? this.#clock.now() : this.#dueAt);
  }

  #retryAfter(delayMs: number): void {
    if (this.#retried) {
      this.#failed();
      return;
    }
    this.#retried = true;
    this.#state = 'BackOff';
    this.#timer = this.#clock.setTimeout(() => this.#tick(), delayMs);
  }

  #failed(retryAfterSeconds = 0): void {
    this.#failures++;
    if (this.#failures >= this.#mostFailures) {
      this.#end(`${this.#failures} refreshes failed`);
      return;
    }
    const now = this.#clock.now();
    this.#waitFrom(Math.max(this.#dueAt, now + retryAfterSeconds * 1_000 - this.#periodMs));
  }

  #end(cause: string): void {
    this.stop();
    this.#dialog.end(cause);
  }
}
