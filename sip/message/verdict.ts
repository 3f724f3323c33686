import type { HeaderValue } from './headers.ts';

/**
 * What is to become of a message: go on with it, answer it with a status, or drop it without a word (a response, or
 * an ACK, which nothing may answer: RFC 3261 §8.1.3, §17.1.1.3).
 */
export type Verdict =
  | { readonly action: 'accept' }
  | {
      readonly action: 'respond';
      readonly status: number;
      /** The reason phrase, which says what was wrong. */
      readonly reason: string;
      /** What the response has to say besides: Unsupported, Allow, Accept. */
      readonly headers: readonly (readonly [name: string, value: HeaderValue])[];
    }
  | { readonly action: 'drop'; readonly reason: string };

/** What a rule has against a message. */
export interface Objection {
  readonly status: number;
  readonly reason: string;
  readonly headers?: readonly (readonly [name: string, value: HeaderValue])[];
}
