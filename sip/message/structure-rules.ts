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

/** RFC 4475 §3.3.1. */
export function neededHeadersAreThere({ headers }: SipMessage): Objection | undefined {
  const missing = needed.filter(name => !headers.has(name));
  return missing.length === 0 ? undefined : { status: 400, reason: `Missing ${missing.join(', ')}` };
}

export function singleHeadersComeOnce({ headers }: SipMessage): Objection | undefined {
  const repeated = single.find(name => headers.count(name) > 1);
  return repeated === undefined ? undefined : { status: 400, reason: `${repeated} comes more than once` };
}
