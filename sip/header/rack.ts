import { MAX_CSEQ } from './cseq.ts';
import { HeaderType } from './type.ts';

/** Which reliable provisional response a PRACK acknowledges (RFC 3262 §7.2). */
export class RAck {
  readonly responseNumber: number;
  readonly cseqNumber: number;
  readonly method: string;

  constructor(responseNumber: number, cseqNumber: number, method: string) {
    this.responseNumber = responseNumber;
    this.cseqNumber = cseqNumber;
    this.method = method;
  }

  toString(): string {
    return `${this.responseNumber} ${this.cseqNumber} ${this.method}`;
  }
}

export const RACK = new HeaderType('RAck', scanner => {
  const responseNumber = scanner.integer('The response number', 2 ** 32 - 1);
  scanner.space('after the response number');
  const cseqNumber = scanner.integer('The sequence number', MAX_CSEQ);
  scanner.space('after the sequence number');
  return new RAck(responseNumber, cseqNumber, scanner.token('a method'));
});
