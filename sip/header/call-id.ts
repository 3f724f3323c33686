import { WORD } from '../grammar/characters.ts';
import { HeaderType } from './type.ts';

/** callid = word [ "@" word ] (RFC 3261 §20.8, §25.1); compared byte for byte. */
export const CALL_ID = new HeaderType('Call-ID', scanner => {
  const start = scanner.position;
  scanner.pass(WORD, 'a Call-ID');
  if (scanner.take('@')) scanner.pass(WORD, 'a word after "@"');
  return scanner.since(start);
});
