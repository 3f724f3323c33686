import { none } from '../none.ts';
import type { Session } from './session.ts';

/** One that was told something, before another one was told something else. */
interface Former {
  readonly session: Session;
  readonly told: string;
}

/**
 * The dialogs that our responses to one INVITE open: one for each description that they carry, as if it had been forked (RFC 3261
 * §12.1). For the first description in a dialog is the answer there, and a caller takes no notice of another (§13.2.1).
 */
export class EarlyDialogs {
  readonly #open: (before?: Session) => Session;
  #session: Session;
  #told: string | undefined;
  #former: readonly Former[] = none;

  /** `open` makes one more, under a tag of its own, after that. */
  constructor(open: (before?: Session) => Session) {
    this.#open = open;
    this.#session = open();
  }

  /** That of the next response. */
  get session(): Session {
    return this.#session;
  }

  /** The description that was told in it. */
  get told(): string | undefined {
    return this.#told;
  }

  /** The next response carries that: it goes on in the dialog that was told it, or nothing yet, or else in a new one. */
  tell(sdp: string): void {
    if (this.#told !== undefined && this.#told !== sdp) {
      const known = this.#former.find(({ told }) => told === sdp);
      const left = this.#former.filter(each => each !== known);
      this.#former = left.concat({ session: this.#session, told: this.#told });
      this.#session = known?.session ?? this.#open(this.#session);
    }
    this.#told = sdp;
  }

  /** One of them has ended. */
  forget(session: Session): void {
    this.#former = this.#former.filter(each => each.session !== session);
  }

  /** The INVITE has its final response: nothing comes of the others. */
  dropOthers(): void {
    const former = this.#former;
    this.#former = none;
    for (const { session } of former) session.drop('another dialog has gone on', 'local');
  }
}
