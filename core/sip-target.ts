/** A SIP address to be dialled, with all that was asked for about it. */
import type { StatusCallback } from './call.ts';
import type { Screening } from './verb.ts';

/** Names as they are written in documents; telephone-event is always offered besides. */
export const CODECS = ['PCMU', 'PCMA', 'G722', 'G729', 'OPUS'] as const;
export type Codec = (typeof CODECS)[number];

export const SIP_TRANSPORTS = ['udp', 'tcp', 'tls'] as const;
export type SipTransport = (typeof SIP_TRANSPORTS)[number];

/** A secret under the platform's key: only the edge can read it. */
export interface Sealed {
  /** Base64. */
  ciphertext: string;
}

/** As a document or a request has it. It is sealed before anything is stored. */
export interface Clear {
  clear: string;
}

export interface SipTarget {
  kind: 'sip';
  /** `sip:user@host:port`, without headers; its transport stands beside it. */
  uri: string;
  /**
   * The account's client of that name, whose address-of-record `uri` is (`clientUri`): the SIP edge calls all contacts under
   * which it is registered then, by their own transports, and the first that answers is the call.
   */
  client?: string;
  /**
   * A number of the telephone network, `uri` being its `tel:` URI (RFC 3966): the SIP edge calls it through a Voice Connector,
   * which lets nothing but a number of the account be shown.
   */
  telephone?: { number: string; callerId: string };
  /** What was dialled, where that is not the address: a number that a route leads over a trunk, `client:name`. */
  calledAs?: string;
  /** Shown in place of the dial's caller id. */
  callerId?: string;
  /** Sent once it is joined. */
  sendDigits?: string;
  transport: SipTransport;
  /** Headers of the INVITE, in their order. Their names and values have been checked by the dialect. */
  headers: [name: string, value: string][];
  /** Headers that say whose call it is: what the dialect calls them. */
  identifiedBy?: { callSid: string; accountSid: string };
  credentials?: { username: string; password: Sealed | Clear };
  /** Offered in this order, and nothing else. */
  codecs: Codec[];
  /** Its media is to be encrypted (SRTP, keys by SDES). */
  srtp?: boolean;
  /** Session-Expires of the INVITE; without it the edge's own default. */
  sessionTimeoutSeconds?: number;
  /** An UPDATE on this leg's dialog that often, from its confirmation. */
  updateSeconds?: number;
  /** Of this target alone; that of the whole dial holds besides. */
  ringTimeoutSeconds?: number;
  callback?: StatusCallback;
  screening?: Screening;
}

/** The target with the headers that say whose call it is. */
export function identified(target: SipTarget, callSid: string, accountSid: string): SipTarget {
  const { identifiedBy } = target;
  if (identifiedBy === undefined) return target;
  const identifiers: SipTarget['headers'] = [
    [identifiedBy.callSid, callSid],
    [identifiedBy.accountSid, accountSid],
  ];
  return { ...target, headers: [...identifiers, ...target.headers] };
}
