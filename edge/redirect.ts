import type { SipResponse } from '../sip/message/message.ts';
import type { Uri } from '../sip/uri/uri.ts';

/** Where a 3xx points: its SIP Contact with the highest q (RFC 3261 §8.1.3.4). */
export function redirectTarget(response: SipResponse | undefined): Uri | undefined {
  if (response === undefined || response.status < 300 || response.status > 399) return undefined;
  const weight = (q: string | undefined) => (q === undefined ? 1 : Number(q) || 0);
  try {
    return response.contacts
      .filter(({ uri }) => uri.kind === 'sip')
      .toSorted((one, other) => weight(other.params.get('q')) - weight(one.params.get('q')))[0]?.uri;
  } catch {
    // A Contact that cannot be read leads nowhere.
    return undefined;
  }
}
