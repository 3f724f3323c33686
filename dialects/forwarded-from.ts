import type { Call } from '../core/call.ts';

/** The user of the Diversion that a call came in with (RFC 5806); empty when it came straight. */
export function forwardedFrom({ sip }: Call): string {
  const [, diversion = ''] = sip?.headers.find(([name]) => name.toLowerCase() === 'diversion') ?? [];
  return /(?:sips?|tel):([^@;>]+)/i.exec(diversion)?.[1] ?? '';
}
