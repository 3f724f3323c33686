/** Numbers as Plivo's users write them, and as its requests tell them. */
import { E164 } from '../../core/destination.ts';
import { tidyNumber } from '../text.ts';

/** Digits without a plus are a whole number when they are so many; fewer are what a route of the account takes. */
const MIN_INTERNATIONAL_DIGITS = 10;
const BARE = new RegExp(`^[1-9]\\d{${MIN_INTERNATIONAL_DIGITS - 1},14}$`);

/** `1 (202) 555-0100` → `+12025550100`; what is no such number is left as it is, without the marks between its digits. */
export function dialled(written: string): string {
  const text = tidyNumber(written.trim());
  const bare = text.replace(/[\s().-]/g, '');
  if (BARE.test(bare)) return `+${bare}`;
  return /^\d+$/.test(bare) ? bare : text;
}

/** `+12025550100` → `12025550100`; anything else as it is. */
export const withoutPlus = (text: string): string => (E164.test(text) ? text.slice(1) : text);
