import { RSEQ } from '../header/number.ts';
import { RAck } from '../header/rack.ts';
import { readable } from '../header/readable.ts';
import type { SipResponse } from '../message/message.ts';

/** What to do with a provisional response (RFC 3262 §4). */
export type ProvisionalVerdict =
  /** It is not sent reliably. */
  | { readonly kind: 'unreliable' }
  /** The next in order: acknowledge it with this RAck. */
  | { readonly kind: 'acknowledge'; readonly rack: RAck }
  /** Seen before, or before its turn: it will come again. */
  | { readonly kind: 'ignore' };

/** The order of reliable provisional responses in one early dialog, at the side that gets them. */
export class ReliableUac {
  #last: number | undefined;

  receive(response: SipResponse): ProvisionalVerdict {
    const sequence = readable(response.headers, RSEQ);
    const reliable = response.require.some(tag => tag.toLowerCase() === '100rel');
    if (!reliable || sequence === undefined) return { kind: 'unreliable' };
    if (this.#last !== undefined && sequence !== this.#last + 1) return { kind: 'ignore' };
    this.#last = sequence;
    const { number = 0, method = 'INVITE' } = response.cseq ?? {};
    return { kind: 'acknowledge', rack: new RAck(sequence, number, method) };
  }
}
