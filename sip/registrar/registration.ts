import { EventEmitter } from 'node:events';
import type { TimerHandle } from '../clock.ts';
import { SessionError } from '../dialog/errors.ts';
import { MIN_EXPIRES } from '../header/number.ts';
import { readable } from '../header/readable.ts';
import type { SipResponse } from '../message/message.ts';
import { pairs } from '../session/pairs.ts';
import type { OutOfDialogOptions, RequestOptions } from '../user-agent/options.ts';
import type { Stack } from '../user-agent/stack.ts';

/** How to register. */
export interface RegisterOptions extends OutOfDialogOptions {
  /** The address-of-record: goes into From and To. */
  readonly address: string;
  /** Contacts to bind; the agent's own when none is given. */
  readonly contacts?: readonly string[] | undefined;
  /** The wish; the registrar decides. 3600 by default. */
  readonly seconds?: number | undefined;
}

/** What a registration tells. */
export interface RegistrationEvents {
  /** The registrar has bound our contacts, for so long. */
  registered: [seconds: number, response: SipResponse];
  /** An attempt failed; the next one follows by itself, after `retrySeconds`. */
  failed: [error: unknown, retrySeconds: number];
}

/** What a registration needs of its agent. */
export interface RegistrationParts {
  readonly stack: Stack;
  readonly registrar: string;
  readonly options: RegisterOptions;
  readonly request: (options: RequestOptions) => Promise<SipResponse>;
  /** It refreshes no more. */
  readonly ended: () => void;
}

/** Waits after failures, seconds: doubled from the first to the last (RFC 5626 §4.5). */
const retrySeconds = { first: 30, last: 1_800 } as const;
const DEFAULT_SECONDS = 3_600;
/** A refresh this long before the end, or at half of a short one. */
const MARGIN_SECONDS = 30;

/** Our binding at a registrar (RFC 3261 §10.2), kept alive until it is ended. */
export class Registration extends EventEmitter<RegistrationEvents> {
  readonly #parts: RegistrationParts;
  readonly #callId: string;
  #sequence = 0;
  #seconds: number;
  #failures = 0;
  #timer: TimerHandle | undefined;
  #ended = false;

  constructor(parts: RegistrationParts) {
    super();
    this.#parts = parts;
    this.#callId = parts.options.callId ?? `${parts.stack.token()}${parts.stack.token()}`;
    this.#seconds = parts.options.seconds ?? DEFAULT_SECONDS;
    this.#refresh().catch(parts.stack.report);
  }

  /** Removes the binding and stops. Resolves with the registrar's answer. @throws SessionError when there is none */
  end(): Promise<SipResponse> {
    this.stop();
    return this.#send(0);
  }

  /** Stops refreshing; the binding ends by itself. */
  stop(): void {
    this.#ended = true;
    this.#parts.stack.clock.clearTimeout(this.#timer);
    this.#parts.ended();
  }

  async #refresh(): Promise<void> {
    let wait: number;
    try {
      let response = await this.#send(this.#seconds);
      const least = readable(response.headers, MIN_EXPIRES);
      if (response.status === 423 && least !== undefined && least > this.#seconds) {
        this.#seconds = least;
        response = await this.#send(this.#seconds);
      }
      if (response.status >= 300)
        throw new SessionError('refused', `REGISTER was refused with ${response.status}.`, { response });
      this.#failures = 0;
      const granted = this.#granted(response);
      if (!this.#ended) this.emit('registered', granted, response);
      wait = Math.max(granted / 2, granted - MARGIN_SECONDS);
    } catch (error) {
      if (this.#ended) return;
      wait = Math.min(retrySeconds.first * 2 ** this.#failures++, retrySeconds.last);
      this.emit('failed', error, wait);
    }
    if (this.#ended) return;
    const { clock, report } = this.#parts.stack;
    this.#timer = clock.setTimeout(() => this.#refresh().catch(report), wait * 1_000);
  }

  #send(seconds: number): Promise<SipResponse> {
    const { registrar, options, request } = this.#parts;
    const { address, contacts, seconds: _wish, headers, ...more } = options;
    this.#sequence++;
    return request({
      ...more,
      method: 'REGISTER',
      uri: registrar,
      from: address,
      to: address,
      callId: this.#callId,
      sequence: this.#sequence,
      sequenceUsed: sequence => {
        this.#sequence = sequence;
      },
      ...(contacts === undefined ? {} : { contact: contacts.join(', ') }),
      headers: [['Expires', seconds], ['Supported', 'path'], ...pairs(headers)],
    });
  }

  /** The shortest time among our contacts in the answer, or the wish where it says nothing (RFC 3261 §10.2.4). */
  #granted(response: SipResponse): number {
    const times = response.contacts.flatMap(contact => Number(contact.params.get('expires')) || []);
    return Math.min(...times, response.expires ?? this.#seconds, this.#seconds);
  }
}
