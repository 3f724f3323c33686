import { PARAM_VALUE } from '../grammar/characters.ts';
import { quote, unquote } from '../grammar/quoting.ts';
import { HeaderType } from './type.ts';

/** A warning such as `307 isi.edu "Session parameter 'foo' not understood"` (RFC 3261 §20.43). */
export class Warning {
  readonly code: number;
  /** A host, maybe with a port, or a pseudonym. */
  readonly agent: string;
  readonly text: string;

  constructor(code: number, agent: string, text: string) {
    this.code = code;
    this.agent = agent;
    this.text = text;
  }

  toString(): string {
    return `${String(this.code).padStart(3, '0')} ${this.agent} ${quote(this.text)}`;
  }
}

export const WARNING = new HeaderType('Warning', scanner => {
  const start = scanner.position;
  const code = scanner.integer('The warning code', 999);
  if (scanner.position - start !== 3) scanner.fail('A warning code has three digits', start);
  scanner.space('after the warning code');
  const agent = scanner.some(PARAM_VALUE, 'the host that warns');
  scanner.space('after the host that warns');
  return new Warning(code, agent, unquote(scanner.quoted('the warning')));
});
