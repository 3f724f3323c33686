import { idle, readAttributes } from '../../markup/attributes.ts';
import { textOf } from '../../markup/element.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { shown } from '../../text.ts';
import { CODE } from './codes.ts';

export const MAX_DIGITS = 500;
export const DTMF_ATTRIBUTES = { async: idle } as const;

const DIGITS = new RegExp(`^[\\d*#wW]{1,${MAX_DIGITS}}$`);

/** Presses keys; `w` waits half a second, `W` one. */
export const dtmf: VerbReader = {
  read(element, reading) {
    readAttributes(element, DTMF_ATTRIBUTES, reading);
    const digits = textOf(element);
    if (DIGITS.test(digits)) return { verb: 'SendDigits', digits, loop: 1 };
    throw reading.refusal(
      CODE.schema,
      element,
      `"${shown(digits)}" is not 1 to ${MAX_DIGITS} of 0-9 * # w W.`,
    );
  },
};
