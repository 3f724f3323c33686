import { Params } from '../grammar/params.ts';
import { readSeconds } from './number.ts';
import { HeaderType } from './type.ts';

/** When to try again: `18000;duration=3600` (RFC 3261 §20.33); a comment in it is passed over. */
export class RetryAfter {
  readonly seconds: number;
  readonly params: Params;

  constructor(seconds: number, params: Params = Params.none) {
    this.seconds = seconds;
    this.params = params;
  }

  toString(): string {
    return `${this.seconds}${this.params}`;
  }
}

export const RETRY_AFTER = new HeaderType('Retry-After', scanner => {
  const seconds = readSeconds(scanner, 'Retry-After');
  scanner.comment();
  return new RetryAfter(seconds, Params.read(scanner));
});
