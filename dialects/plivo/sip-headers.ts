/**
 * `sip_headers` of requests and `sipHeaders` of documents: `k1=v1,k2=v2`, each a header `X-PH-k1: v1` of the INVITE and a
 * parameter `X-PH-k1` of the requests about the call (Plivo, "Custom SIP Headers").
 */
import type { Parameters } from '../../core/call.ts';

export const PREFIX = 'X-PH-';
export const MAX_NAME_CHARACTERS = 24;
export const MAX_VALUE_CHARACTERS = 120;
/** Ours: Plivo publishes no limit. As many as an address may ask for. */
export const MAX_HEADERS = 20;

const NAME = new RegExp(`^[A-Za-z0-9]{1,${MAX_NAME_CHARACTERS}}$`);
/** A percent sign, so that a value may be escaped as in a URL. */
const VALUE = new RegExp(`^[A-Za-z0-9%]{1,${MAX_VALUE_CHARACTERS}}$`);
/** The platform's own names. */
export const RESERVED_NAMES = /^(?:PH-|Plivo|FS-|SipAuth|ZT-|Twilio|ClientRegion$)/i;

export interface SipHeaders {
  /** `X-PH-k1` and `v1`, in their order; of one name the last value. */
  headers: Parameters;
  /** What was left out, as it was written. */
  dropped: string[];
}

/** What breaks the rules is left out, as Plivo does it: nobody is refused a call over it. */
export function readSipHeaders(text: string): SipHeaders {
  const headers = new Map<string, string>();
  const dropped: string[] = [];
  for (const written of text.split(',')) {
    const piece = written.trim();
    if (piece === '') continue;
    const [, name = '', value = ''] = /^(?:x-ph-)?([^=]*)=(.*)$/is.exec(piece) ?? [];
    const isNew = !headers.has(PREFIX + name);
    const fits = NAME.test(name) && VALUE.test(value) && !RESERVED_NAMES.test(name);
    if (fits && (!isNew || headers.size < MAX_HEADERS)) headers.set(PREFIX + name, value);
    else dropped.push(piece);
  }
  return { headers: [...headers], dropped };
}

/** Those headers of a received INVITE that its requests tell of. A name is told once. */
export function customHeaders(headers: readonly [name: string, value: string][]): Parameters {
  return [...new Map(headers.filter(([name]) => /^x-ph-/i.test(name)))];
}
