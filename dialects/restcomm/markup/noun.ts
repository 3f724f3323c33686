/** What every noun of a Dial can say: who is told of its call, and how the callee is screened. */

import type { StatusCallback } from '../../../core/call.ts';
import type { Screening } from '../../../core/verb.ts';
import { method, text, type ValuesOf, whole } from '../../markup/attributes.ts';
import type { Element } from '../../markup/element.ts';
import { events } from '../../markup/events.ts';
import type { Reading } from '../../markup/reading.ts';
import type { AddressRules } from '../../markup/sip-address.ts';
import { API_VERSION } from '../api-version.ts';
import { EVENT_SEPARATOR, EVENTS, eventsOf } from '../status-words.ts';
import { CODE } from './codes.ts';

/** How long a called party may take to accept the call. */
export const DEFAULT_SCREENING_SECONDS = 60;
export const MAX_SCREENING_SECONDS = 600;

/** By which the platform names its call to the callee. */
export const IDENTIFIED_BY = { callSid: 'X-RestComm-CallSid', accountSid: 'X-RestComm-AccountSid' } as const;
export const API_VERSION_HEADER: [name: string, value: string] = ['X-RestComm-ApiVersion', API_VERSION];

/** Addresses and headers: UDP unless they say otherwise, every header under `X-`. */
export const ADDRESS_RULES: AddressRules = {
  codes: { uri: CODE.dial.leg, headerName: CODE.schema, headerLength: CODE.dial.leg },
  transport: 'udp',
  reserved: /^x-(?:restcomm|dialplane)/i,
  plain: new Set(),
  valueless: 'leave-out',
  tooLong: 'refuse',
};

export const NOUN_ATTRIBUTES = {
  url: text(''),
  method: method(CODE.dial.method),
  timeout: whole(CODE.dial.timeout, DEFAULT_SCREENING_SECONDS, [1, MAX_SCREENING_SECONDS], ' of seconds'),
  statusCallback: text(''),
  statusCallbackMethod: method(CODE.dial.method),
  statusCallbackEvent: events(CODE.schema, {
    separator: ['commas', EVENT_SEPARATOR],
    eventsOf,
    otherwise: [...EVENTS],
    unknown: 'ignored',
  }),
} as const;

/** Throws DocumentError for a URL that is none. */
export function nounSettings(
  noun: Element,
  values: ValuesOf<typeof NOUN_ATTRIBUTES>,
  reading: Reading,
): { callback?: StatusCallback; screening?: Screening } {
  return {
    ...(values.statusCallback.trim() !== '' && {
      callback: {
        url: reading.resolve(noun, 'statusCallback', values.statusCallback),
        method: values.statusCallbackMethod,
        events: values.statusCallbackEvent,
      },
    }),
    ...(values.url.trim() !== '' && {
      screening: {
        document: { url: reading.resolve(noun, 'url', values.url), method: values.method },
        timeoutSeconds: values.timeout,
      },
    }),
  };
}
