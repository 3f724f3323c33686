import type { NumberTarget } from '../../../core/verb.ts';
import { method, missing, pattern, readAttributes, text } from '../../markup/attributes.ts';
import { type Element, textOf } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import { dialable } from '../../text.ts';
import { CODE } from './codes.ts';
import { events } from './events.ts';
import { MACHINE_DETECTION, SCREENING_URL } from './not-yet.ts';

export const NUMBER_ATTRIBUTES = {
  statusCallback: text(''),
  statusCallbackMethod: method(CODE.number.method),
  statusCallbackEvent: events(CODE.schema),
  sendDigits: pattern(CODE.number.sendDigits, /^[\dA-D*#wW]{1,500}$/, 'up to 500 of 0-9 A-D * # w W'),
  url: SCREENING_URL,
  method: method(CODE.number.method),
  ...MACHINE_DETECTION,
  byoc: missing(CODE.schema, /^$/, 'has no effect: there are no trunks to choose from yet.'),
} as const;

/** Somebody to dial; undefined for what is no number, which is noted. */
export function readNumber(element: Element, reading: Reading): NumberTarget | undefined {
  const values = readAttributes(element, NUMBER_ATTRIBUTES, reading);
  const number = dialable(textOf(element));
  if (number === undefined) {
    reading.warn(CODE.number.number, element, NO_NUMBER);
    return undefined;
  }
  return {
    kind: 'number',
    number,
    ...(values.statusCallback !== '' && {
      callback: {
        url: reading.resolve(element, 'statusCallback', values.statusCallback),
        method: values.statusCallbackMethod,
        events: values.statusCallbackEvent,
      },
    }),
    ...(values.sendDigits !== undefined && { sendDigits: values.sendDigits }),
  };
}

export const NO_NUMBER = 'there is no number in it in E.164 form, such as +12025550100; it is not dialled.';
