import type { SipTarget } from '../../../core/sip-target.ts';
import { readAttributes } from '../../markup/attributes.ts';
import { type Element, textOf } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import { NOUN_ATTRIBUTES, nounSettings } from './noun.ts';
import { sipTarget } from './sip.ts';

/** The older name of a Sip, which takes no credentials. Throws DocumentError. */
export function readUri(noun: Element, reading: Reading): SipTarget {
  const values = readAttributes(noun, NOUN_ATTRIBUTES, reading);
  return { ...sipTarget(noun, textOf(noun), reading), ...nounSettings(noun, values, reading) };
}
