import { NOTIFICATION } from '../../../core/notification.ts';
import type { DocumentFault } from '../../dialect.ts';

/** The numbers under which a document's faults are listed: the platform's own where it has one, else the shared ones. */
export const CODE = {
  invalidUrl: 11100,
  tooLarge: 11750,
  empty: 11770,
  notXml: 12100,
  xmlVersion: 12101,
  root: 12102,
  schema: 12200,
  contentType: 12300,
  noBaseUrl: 15004,
  notSupported: 1002,
  say: { loop: 13510, voice: 13511, text: 12200, length: 12200 },
  play: { loop: 13410, url: 13325 },
  pause: { length: 13910 },
  redirect: { method: 13710 },
  gather: { finishOnKey: 13310, timeout: 13313, numDigits: 13314, startInputKey: 13315 },
  dial: { method: 13210, timeout: 13212, callerId: 13214, timeLimit: 13216, leg: 11008 },
} as const;

const NOT_FOUND = 21402;
/** It could not be had at all; or not as HTTP and the platform's rules have it. */
const UNREACHABLE = 11205;
const REFUSED = 11206;

/** Faults of a document's server; one that is not here keeps the number by which all know it. */
export const SERVER_CODES: Readonly<Record<number, number>> = {
  11200: UNREACHABLE,
  11210: UNREACHABLE,
  11220: UNREACHABLE,
  11215: REFUSED,
  11217: REFUSED,
  11251: REFUSED,
  11243: CODE.invalidUrl,
};

export const codeOf = ({ code, httpStatus }: DocumentFault): number =>
  httpStatus === 404 ? NOT_FOUND : (SERVER_CODES[code] ?? code);

/** What the engine itself notes, where the platform has a number for it. */
export const ENGINE_CODES: Readonly<Record<number, number>> = {
  [NOTIFICATION.notAudio]: 13233,
  [NOTIFICATION.callRefused]: CODE.dial.leg,
  [NOTIFICATION.dialRefused]: CODE.dial.leg,
};
