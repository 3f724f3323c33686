import { FROM, type NameAddr } from '../header/name-addr.ts';
import { parseHeader } from '../header/type.ts';

/** One name-addr or addr-spec from text. @throws SipSyntaxError */
export function parseNameAddr(text: string): NameAddr {
  return parseHeader(FROM, text)[0] as NameAddr;
}
