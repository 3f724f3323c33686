/** `osip_<Header-Name>` attributes: headers of a leg's INVITE. */
import { Problem } from '../../core/problem.ts';
import { headerFault } from '../../core/sip-header.ts';

export const OSIP_PREFIX = 'osip_';

export interface OsipHeader {
  attribute: string;
  name: string;
  value: string;
}

/** The headers that a leg asks for, checked; `leg` is empty for a request that has but one. Throws Problem. */
export function headersOf(leg: string, attributes: Record<string, unknown>): OsipHeader[] {
  const seen = new Map<string, string>();
  const path = (attribute: string) => (leg === '' ? attribute : `${leg}.${attribute}`);
  return Object.entries(attributes)
    .filter(([attribute]) => attribute.startsWith(OSIP_PREFIX))
    .map(([attribute, value]) => {
      const field = path(attribute);
      const refuse = (reason: string) => new Problem('invalid-parameter', `${field} ${reason}.`, { field });
      const name = attribute.slice(OSIP_PREFIX.length).trim();
      const nameFault = headerFault(name, '');
      if (nameFault !== undefined) throw refuse(nameFault);
      const twin = seen.get(name.toLowerCase());
      if (twin !== undefined) throw refuse(`names the same header as ${path(twin)}`);
      seen.set(name.toLowerCase(), attribute);
      if (typeof value !== 'string' && typeof value !== 'number') throw refuse('must be a text or a number');
      const text = String(value);
      const valueFault = headerFault(name, text);
      if (valueFault !== undefined) throw refuse(valueFault);
      return { attribute, name, value: text };
    });
}
