/** What every noun of a Dial can say. */

import type { StatusCallback } from '../../../core/call.ts';
import type { Screening } from '../../../core/verb.ts';
import { idle, method, missing, text, type ValuesOf } from '../../markup/attributes.ts';
import type { Element } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import { CODE } from './codes.ts';
import { events } from './events.ts';

/** How long a callee may take to decide. The platforms' pages name no time. */
export const SCREENING_TIMEOUT_SECONDS = 60;
/** By which the platform names its call to whoever is reached over SIP. */
export const IDENTIFIED_BY = { callSid: 'X-Twilio-CallSid', accountSid: 'X-Twilio-AccountSid' } as const;
export const API_VERSION_HEADER: [string, string] = ['X-Twilio-ApiVersion', '2010-04-01'];

/** @param code of a wrong method */
export const nounAttributes = (code: number) =>
  ({
    url: text(''),
    method: method(code),
    statusCallback: text(''),
    statusCallbackMethod: method(code),
    statusCallbackEvent: events(CODE.schema),
    machineDetection: missing(
      CODE.number.machineDetection,
      /^(?:none|false)?$/i,
      'has no effect: nobody can tell a machine from a human yet.',
    ),
    machineDetectionTimeout: idle,
    machineDetectionSpeechThreshold: idle,
    machineDetectionSpeechEndThreshold: idle,
    machineDetectionSilenceTimeout: idle,
    amdStatusCallback: idle,
    amdStatusCallbackMethod: idle,
  }) as const;

/** Whom a target's events are told, and the document that its callee hears before the two are joined. */
export function nounSettings(
  noun: Element,
  values: ValuesOf<ReturnType<typeof nounAttributes>>,
  reading: Reading,
): { callback?: StatusCallback; screening?: Screening } {
  return {
    ...(values.statusCallback !== '' && {
      callback: {
        url: reading.resolve(noun, 'statusCallback', values.statusCallback),
        method: values.statusCallbackMethod,
        events: values.statusCallbackEvent,
      },
    }),
    ...(values.url !== '' && {
      screening: {
        document: { url: reading.resolve(noun, 'url', values.url), method: values.method },
        timeoutSeconds: SCREENING_TIMEOUT_SECONDS,
      },
    }),
  };
}
