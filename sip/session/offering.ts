import type { TimerHandle } from '../clock.ts';
import { SessionError } from '../dialog/errors.ts';
import { glareBackOffMs } from '../dialog/glare.ts';
import type { HeaderInit } from '../message/create.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { mostRepetitions } from '../repetitions.ts';
import type { ClientRequest, RequestFailure } from '../user-agent/client-request.ts';
import type { Acknowledging } from './acknowledging.ts';
import { capabilityHeaders } from './capabilities.ts';
import { failureError, refusedError, type SessionCore } from './core.ts';
import type { ExchangeMethod } from './open-exchanges.ts';
import { pairs } from './pairs.ts';
import { sdpBody, sdpOf } from './sdp.ts';

/** A change of the session that we ask for. */
export interface Modification {
  /** Our offer; without it a re-INVITE asks for the peer's, and an UPDATE changes no media. */
  readonly sdp?: string | undefined;
  readonly headers?: HeaderInit | undefined;
  /** How often to try again after 491; 3 by default. A B2BUA passes a 491 on: both ends back off, not it. */
  readonly glareRetries?: number | undefined;
}

/** How one attempt ended. */
export type AttemptOutcome =
  | { readonly kind: 'response'; readonly response: SipResponse; readonly request: SipRequest }
  | { readonly kind: 'failure'; readonly failure: RequestFailure };

/** How often a change is tried again after 491 before its user hears of it. */
const GLARE_RETRIES = 3;
/** A re-INVITE is not waited for as a call is: nobody need be asked. Then it is cancelled (RFC 3261 §9.1). */
const ANSWERED_WITHIN_MS = 30_000;

const MOST_RAISES = mostRepetitions.intervalTooSmall;

/** re-INVITE and UPDATE of ours (RFC 3261 §14.1, RFC 3311 §5.1), one at a time. */
export class Offering {
  readonly #core: SessionCore;
  readonly #acknowledging: Acknowledging;
  #invite: ClientRequest | undefined;

  constructor(core: SessionCore, acknowledging: Acknowledging) {
    this.#core = core;
    this.#acknowledging = acknowledging;
  }

  /** Asks for a change and waits for the 2xx, through 491 and 422. @throws SessionError */
  async modify(method: ExchangeMethod, modification: Modification): Promise<SipResponse> {
    const { stack, dialog, timer } = this.#core;
    const { glareRetries = GLARE_RETRIES } = modification;
    for (let glares = 0, raises = 0; ; ) {
      const outcome = await this.#whenFree(method, modification);
      if (outcome.kind === 'failure') throw failureError(outcome.failure);
      const { response } = outcome;
      if (response.status < 300) return response;
      if (response.status === 491 && glares++ < glareRetries)
        await new Promise<void>(resolve => {
          stack.clock.setTimeout(resolve, glareBackOffMs(dialog.isUac, stack.random));
        });
      else if (response.status !== 422 || raises++ >= MOST_RAISES || !timer.raise(response))
        throw refusedError(method, response);
    }
  }

  /** Asks once, now. `done` hears of the answer after it has been put in force. */
  attempt(
    method: ExchangeMethod,
    { sdp, headers }: Modification,
    done: (outcome: AttemptOutcome) => void,
  ): void {
    const { exchange, exchanges, stack, timer } = this.#core;
    let patience: TimerHandle | undefined;
    exchanges.open('ours', method);
    if (sdp !== undefined) exchange.offerLocally(sdp, method);
    const finish = (outcome: AttemptOutcome, refreshed: boolean) => {
      if (exchange.awaits(method)) exchange.withdraw();
      if (method === 'INVITE') this.#invite = undefined;
      stack.clock.clearTimeout(patience);
      exchanges.close('ours', method);
      done(outcome);
      timer.dialogFree(refreshed);
    };
    const init = {
      headers: [...capabilityHeaders, ...timer.requestHeaders(), ...pairs(headers)],
      ...sdpBody(sdp),
    };
    let answered = false;
    const request = this.#core.send(method, init, {
      final: (response, sent) => {
        const accepted = response.status < 300;
        const take = () => this.#take(sent, response);
        if (accepted && method === 'INVITE') this.#acknowledging.accepted(sent, response, take);
        if (answered) return;
        answered = true;
        if (accepted && method === 'UPDATE') take();
        finish({ kind: 'response', response, request: sent }, accepted);
      },
      failed: failure => finish({ kind: 'failure', failure }, false),
    });
    if (method === 'UPDATE') return;
    this.#invite = request;
    patience = stack.clock.setTimeout(() => this.cancel(), ANSWERED_WITHIN_MS);
  }

  /** CANCELs a re-INVITE that is open. */
  cancel(): void {
    this.#invite?.cancel();
  }

  #take(sent: SipRequest, response: SipResponse): void {
    const { dialog, exchange, hooks, timer } = this.#core;
    dialog.refreshTarget(response);
    this.#core.learnMethods(response);
    timer.learn(sent, response);
    const sdp = sdpOf(response);
    if (sdp === undefined || !exchange.awaits('UPDATE')) return;
    exchange.answerRemotely(sdp);
    hooks.negotiated();
  }

  #whenFree(method: ExchangeMethod, modification: Modification): Promise<AttemptOutcome> {
    const { dialog, exchange, exchanges } = this.#core;
    return new Promise((resolve, reject) => {
      exchanges.whenFree(() => {
        if (dialog.state === 'terminated') reject(new SessionError('terminated', 'The dialog has ended.'));
        else if (modification.sdp !== undefined && exchange.state !== 'stable')
          reject(new SessionError('offer-pending', 'An offer is still without an answer (RFC 3264 §4).'));
        else
          this.attempt(method, modification, outcome => {
            // The dialog may be gone by this very answer (RFC 3261 §12.2.1.2).
            this.#core.judge(outcome.kind === 'failure' ? outcome.failure : outcome.response.status);
            resolve(outcome);
          });
      });
    });
  }
}
