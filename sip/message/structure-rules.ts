import { byHeader } from '../header/names.ts';
import type { SipMessage } from './message.ts';
import type { Objection } from './verdict.ts';

/** What every message has (RFC 3261 §8.1.1). Max-Forwards is not insisted on: RFC 2543 did not know it (RFC 4475 §3.4.1). */
const needed = ['Via', 'From', 'To', 'Call-ID', 'CSeq'];

/** What may come only once; twice, nobody can say which one counts (RFC 4475 §3.3.8, §3.3.9). */
const single = [
  'From',
  'To',
  'Call-ID',
  'CSeq',
  'Max-Forwards',
  'Content-Length',
  'Content-Type',
  'Expires',
  'Date',
];

/** One bit for each name: a message is gone through once, not once for each. */
const bitsOf = (names: readonly string[]): readonly number[] =>
  byHeader(
    names.map((name, at) => [name, 1 << at] as const),
    0,
  );

const neededBits = bitsOf(needed);
const allNeeded = 2 ** needed.length - 1;
const singleBits = bitsOf(single);

/** RFC 4475 §3.3.1. */
export function neededHeadersAreThere({ headers }: SipMessage): Objection | undefined {
  let found = 0;
  for (const { header } of headers.fields) found |= neededBits[header.index] as number;
  if (found === allNeeded) return undefined;
  const missing = needed.filter(name => !headers.has(name));
  return { status: 400, reason: `Missing ${missing.join(', ')}` };
}

export function singleHeadersComeOnce({ headers }: SipMessage): Objection | undefined {
  let found = 0;
  let isRepeated = false;
  for (const { header } of headers.fields) {
    const bit = singleBits[header.index] as number;
    isRepeated ||= (found & bit) !== 0;
    found |= bit;
  }
  if (!isRepeated) return undefined;
  const repeated = single.find(name => headers.count(name) > 1);
  return { status: 400, reason: `${repeated} comes more than once` };
}
