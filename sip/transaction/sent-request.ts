import type { SipRequest } from '../message/message.ts';
import { parseMessage } from '../message/parse.ts';

/**
 * A request that has been sent. Its transaction waits half a minute for what may still come, which is seldom anything:
 * from then on the bytes alone are kept, and read again when somebody asks.
 */
export class SentRequest {
  readonly bytes: Buffer;
  #request: SipRequest | undefined;

  constructor(request: SipRequest, bytes: Buffer) {
    this.#request = request;
    this.bytes = bytes;
  }

  get request(): SipRequest {
    return this.#request ?? (parseMessage(this.bytes) as SipRequest);
  }

  /** Keeps the bytes alone. */
  fold(): void {
    this.#request = undefined;
  }
}
