import { SessionError } from './errors.ts';

/** Who has an unanswered offer (RFC 3264 §4; the words of RFC 8829). */
export type OfferState = 'stable' | 'have-local-offer' | 'have-remote-offer';

/** What carries the answer to an offer of ours. */
export type AnswerCarrier = 'INVITE' | 'UPDATE' | 'PRACK' | `ACK ${number}`;

/** The offer/answer exchange of one dialog (RFC 3264, RFC 6337). The descriptions themselves are not looked into. */
export class OfferAnswer {
  #state: OfferState = 'stable';
  #local: string | undefined;
  #remote: string | undefined;
  #sent: string | undefined;
  #open: string | undefined;
  #preview: string | undefined;
  #answeredIn: AnswerCarrier | undefined;

  /** The exchange of a dialog that was written down. */
  static restore(local: string | undefined, remote: string | undefined): OfferAnswer {
    const exchange = new OfferAnswer();
    exchange.#local = local;
    exchange.#sent = local;
    exchange.#remote = remote;
    return exchange;
  }

  get state(): OfferState {
    return this.#state;
  }

  /** Our description in force. */
  get local(): string | undefined {
    return this.#local;
  }

  /** The peer's description in force. */
  get remote(): string | undefined {
    return this.#remote;
  }

  /** Our description that was sent last, in force or not: another one is its next version (RFC 3264 §8). */
  get sent(): string | undefined {
    return this.#sent;
  }

  /** The offer that has no answer yet. */
  get open(): string | undefined {
    return this.#open;
  }

  /**
   * Our offer, and what its answer comes in: a response to our `INVITE` or `UPDATE`, the peer's `PRACK`, or the ACK
   * of one INVITE of the peer (`ACK 7`). Nothing else can answer it.
   */
  offerLocally(description: string, answeredIn: AnswerCarrier): void {
    this.#begin('have-local-offer', description);
    this.#sent = description;
    this.#answeredIn = answeredIn;
  }

  /** Whether an offer of ours waits for its answer in this. */
  awaits(answeredIn: AnswerCarrier): boolean {
    return this.#state === 'have-local-offer' && this.#answeredIn === answeredIn;
  }

  offerRemotely(description: string): void {
    this.#begin('have-remote-offer', description);
  }

  /** The peer's answer to our offer. */
  answerRemotely(description: string): void {
    this.#expect('have-local-offer');
    this.#settle(this.#open, description);
  }

  /**
   * What an unreliable response says of the peer's answer. It has to come again in the 2xx (RFC 6337 §2.1); where a
   * peer forgets to, `answerByPreview` takes it from here.
   */
  previewRemotely(description: string): void {
    this.#preview = description;
  }

  /** The 2xx has no description: what was seen before is the answer, if anything was. True if so. */
  answerByPreview(): boolean {
    if (this.#preview === undefined) this.withdraw();
    else this.answerRemotely(this.#preview);
    return this.#remote !== undefined && this.#remote === this.#preview;
  }

  /** Our answer to the peer's offer. */
  answerLocally(description: string): void {
    this.#expect('have-remote-offer');
    this.#sent = description;
    this.#settle(description, this.#open);
  }

  /** The offer was refused or its transaction failed: what was in force stays so (RFC 3264 §8.3.1). */
  withdraw(): void {
    this.#state = 'stable';
    this.#open = undefined;
  }

  #begin(state: OfferState, description: string): void {
    if (this.#state !== 'stable')
      throw new SessionError('offer-pending', 'An offer is still without an answer (RFC 3264 §4).');
    this.#state = state;
    this.#open = description;
  }

  #expect(state: OfferState): void {
    if (this.#state !== state)
      throw new SessionError('wrong-state', 'There is no offer that this could answer.');
  }

  #settle(local: string | undefined, remote: string | undefined): void {
    this.#local = local;
    this.#remote = remote;
    this.withdraw();
  }
}
