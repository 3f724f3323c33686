/** Texts of requests and documents alike. */
import { E164 } from '../core/destination.ts';
import { isDialled } from '../core/number-pattern.ts';

export const MAX_URL_CHARACTERS = 2_048;
/** How much of what was sent a sentence repeats. */
const MAX_QUOTED_CHARACTERS = 60;

/** What was sent, as a sentence repeats it. */
export function shown(text: string): string {
  return text.length > MAX_QUOTED_CHARACTERS ? `${text.slice(0, MAX_QUOTED_CHARACTERS)}…` : text;
}

/**
 * A phone number without what people write between its digits. A plus that was not escaped in a form reads as a
 * space, so a leading space is taken for one.
 */
export function tidyNumber(text: string): string {
  const plussed = text.replace(/^ (?=\d)/, '+');
  return plussed.startsWith('+') ? plussed.replace(/[\s().-]/g, '') : plussed;
}

/** North American numbers may be written without +1, as in the platforms' examples. */
const NORTH_AMERICAN = /^1?([2-9]\d{2}[2-9]\d{6})$/;

/** A number as people write it → E.164; undefined for anything else. */
export function dialable(written: string): string | undefined {
  const tidy = tidyNumber(written);
  if (E164.test(tidy)) return tidy;
  const [, national] = NORTH_AMERICAN.exec(tidy.replace(/[\s().-]/g, '')) ?? [];
  return national === undefined ? undefined : `+1${national}`;
}

/** A number as people write it, or a short one that a route of the account may lead on (`1000123`); undefined for anything else. */
export function dialled(written: string): string | undefined {
  const number = dialable(written) ?? tidyNumber(written.trim());
  return isDialled(number) && (E164.test(number) || !number.startsWith('+')) ? number : undefined;
}

/** `CallSid` → `call_sid`. */
export function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
