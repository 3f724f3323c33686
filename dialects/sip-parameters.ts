/** What documents' servers are told of SIP, in the names that the cXML platforms share. */
import type { DialFacts, ScreeningFacts } from '../core/document.ts';
import type { Pairs } from './dialect.ts';

/** A name is told once, with its last value. */
export const sipHeaders = (prefix: string, headers: readonly (readonly [string, string])[]): Pairs => [
  ...new Map(headers.map(([name, value]) => [`${prefix}${name}`, value])),
];

/** Of a dialled call that is screened: what its 200 said, in the names of a call that came in. */
export function screeningParameters({ sipCallId, headers }: ScreeningFacts): Pairs {
  return [
    ...((sipCallId === undefined ? [] : [['SipCallId', sipCallId]]) as Pairs),
    ...sipHeaders('SipHeader_', headers),
  ];
}

/** Of a dialled SIP address: the INVITE, its final response, and the X- headers of the 200. */
export function dialledSipParameters(sip: DialFacts['sip']): Pairs {
  if (sip === undefined) return [];
  return [
    ...((sip.callId === undefined ? [] : [['DialSipCallId', sip.callId]]) as Pairs),
    ...((sip.code === undefined ? [] : [['DialSipResponseCode', String(sip.code)]]) as Pairs),
    ...sipHeaders('DialSipHeader_', sip.headers),
  ];
}
