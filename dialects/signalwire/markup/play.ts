import type { Play, SendDigits } from '../../../core/verb.ts';
import { pattern, readAttributes, whole } from '../../markup/attributes.ts';
import { readAudio } from '../../markup/audio.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { CODE } from './codes.ts';

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
    return readAudio(element, { loop, codes: CODE.play }, reading);
  },
};
