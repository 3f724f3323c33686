import type { Play, SendDigits } from '../../../core/verb.ts';
import { DocumentError } from '../../dialect.ts';
import { pattern, readAttributes, whole } from '../../markup/attributes.ts';
import { textOf } from '../../markup/element.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { CODE } from './codes.ts';

/** The most times that one Play repeats. */
export const MAX_PLAY_LOOPS = 1_000;
export const MAX_DIGITS = 500;

export const PLAY_ATTRIBUTES = {
  digits: pattern(
    CODE.play.digits,
    new RegExp(`^[\\dA-D*#wW]{1,${MAX_DIGITS}}$`),
    `up to ${MAX_DIGITS} of 0-9 A-D * # w W`,
  ),
  loop: whole(CODE.play.loop, 1, [0, 999_999_999]),
} as const;

/** Audio from a URL, or digits. */
export const play: VerbReader = {
  read(element, reading): Play | SendDigits | undefined {
    const { digits, loop } = readAttributes(element, PLAY_ATTRIBUTES, reading);
    // Digits without end are of no use to anyone.
    if (digits !== undefined) return { verb: 'SendDigits', digits, loop: Math.max(1, loop) };
    if (Object.hasOwn(element.attributes, 'digits')) return undefined;

    if (loop > MAX_PLAY_LOOPS) {
      reading.warn(
        CODE.play.loop,
        element,
        `it is repeated ${MAX_PLAY_LOOPS} times; 0 repeats it until the call ends.`,
      );
    }
    const url = textOf(element);
    if (url === '') {
      reading.warn(CODE.play.url, element, 'there is no URL in it; it is skipped.');
      return undefined;
    }
    try {
      return {
        verb: 'Play',
        url: reading.resolve(element, 'its URL', url),
        loop: Math.min(loop, MAX_PLAY_LOOPS),
      };
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      if (error.code === CODE.noBaseUrl) throw error;
      reading.warn(CODE.play.url, element, 'what is in it is no http or https URL; it is skipped.');
      return undefined;
    }
  },
};
