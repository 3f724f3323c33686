import { Params } from '../grammar/params.ts';
import { REFER_TO } from '../header/name-addr.ts';
import { EVENT, REFER_SUB, SUBSCRIPTION_STATE } from '../header/parameterised.ts';
import { readable } from '../header/readable.ts';
import { reasonPhrase } from '../message/reasons.ts';
import { refusedError, type SessionCore } from './core.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { pairs } from './pairs.ts';
import { IncomingReferral, type ReferOptions, Referral } from './referral.ts';

/** How long the implicit subscription of a REFER lives, seconds; every report renews it. */
const SUBSCRIPTION_SECONDS = 180;
const SIPFRAG = 'message/sipfrag;version=2.0';

/** REFER and its NOTIFYs in one dialog (RFC 3515, RFC 4488), in both directions. */
export class Referrals {
  readonly #core: SessionCore;
  /** Ours, by the CSeq number of the REFER, which is their `id` (RFC 3515 §2.4.6). */
  readonly #open = new Map<number, Referral>();

  constructor(core: SessionCore) {
    this.#core = core;
  }

  async refer(target: string, { headers, subscribe = true }: ReferOptions): Promise<Referral> {
    const { dialog } = this.#core;
    const more = subscribe ? [] : [['Refer-Sub', 'false'] as const, ['Supported', 'norefersub'] as const];
    const referTo = target.startsWith('<') || target.includes('"') ? target : `<${target}>`;
    // NOTIFY may come before the 202: it must find the referral (RFC 3515 §2.4.4).
    const pending = new Referral(subscribe);
    const sequence = dialog.localSequence + 1;
    this.#open.set(sequence, pending);
    try {
      const response = await this.#core.request('REFER', {
        headers: [['Refer-To', referTo], ...more, ...pairs(headers)],
      });
      if (response.status >= 300) throw refusedError('REFER', response);
      const subscribed = readable(response.headers, REFER_SUB)?.value.toLowerCase() !== 'false';
      if (subscribed) {
        const answered = response.cseq?.number ?? sequence;
        if (answered !== sequence) this.#rekey(sequence, answered);
        return pending;
      }
      this.#open.delete(sequence);
      return new Referral(false);
    } catch (error) {
      this.#open.delete(sequence);
      throw error;
    }
  }

  receiveRefer(incoming: IncomingRequest, handler: ((referral: IncomingReferral) => void) | undefined): void {
    const { request } = incoming;
    // Exactly one Refer-To (RFC 3515 §2.4.1).
    if (request.headers.all('Refer-To').length !== 1 || request.headers.read(REFER_TO) === undefined) {
      incoming.respond(400);
      return;
    }
    const silent = request.headers.read(REFER_SUB)?.value.toLowerCase() === 'false';
    const id = request.cseq?.number ?? 0;
    const notify = (status: number, reason: string | undefined, last: boolean) =>
      this.#notify(id, status, reason, last);
    const referral = new IncomingReferral(incoming, silent ? undefined : notify);
    if (handler) handler(referral);
    else referral.reject(603);
  }

  /** True if the NOTIFY was for one of ours. */
  receiveNotify(incoming: IncomingRequest): boolean {
    const { request } = incoming;
    const event = request.headers.read(EVENT);
    if (event?.value.toLowerCase() !== 'refer') return false;
    const id = event.params.get('id');
    const [key, referral] =
      (id === undefined ? [...this.#open][0] : ([Number(id), this.#open.get(Number(id))] as const)) ?? [];
    if (key === undefined || referral === undefined) {
      incoming.respond(481);
      return true;
    }
    incoming.respond(200);
    const status = /^SIP\/2\.0 (\d{3})/.exec(Buffer.from(request.body).toString('latin1'))?.[1];
    const last = request.headers.read(SUBSCRIPTION_STATE)?.value.toLowerCase() === 'terminated';
    if (last) this.#open.delete(key);
    referral.notified(request, status === undefined ? undefined : Number(status), last);
    return true;
  }

  /** The dialog has ended, and the subscriptions with it. */
  end(): void {
    for (const referral of this.#open.values()) referral.finish();
    this.#open.clear();
  }

  #rekey(from: number, to: number): void {
    const referral = this.#open.get(from);
    this.#open.delete(from);
    if (referral) this.#open.set(to, referral);
  }

  #notify(id: number, status: number, reason: string | undefined, last: boolean): void {
    if (this.#core.dialog.state === 'terminated') return;
    const state = last ? 'terminated;reason=noresource' : `active;expires=${SUBSCRIPTION_SECONDS}`;
    void this.#core
      .request('NOTIFY', {
        headers: [
          ['Event', `refer${Params.of({ id })}`],
          ['Subscription-State', state],
        ],
        contentType: SIPFRAG,
        body: `SIP/2.0 ${status} ${reason ?? reasonPhrase(status)}\r\n`,
      })
      .catch(() => {});
  }
}
