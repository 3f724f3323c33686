import { HeaderType } from './type.ts';

/** A sequence number must fit 31 bits (RFC 3261 §8.1.1.5). */
export const MAX_CSEQ = 2 ** 31 - 1;

/** CSeq (RFC 3261 §20.16). */
export class CSeq {
  readonly number: number;
  readonly method: string;

  constructor(number: number, method: string) {
    this.number = number;
    this.method = method;
  }

  toString(): string {
    return `${this.number} ${this.method}`;
  }
}

export const CSEQ = new HeaderType(
  'CSeq',
  scanner => {
    const number = scanner.integer('The sequence number', MAX_CSEQ);
    scanner.space('after the sequence number');
    return new CSeq(number, scanner.token('a method'));
  },
  { of: CSeq },
);
