import type { Screening } from '../../../core/verb.ts';
import type { Element } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import { CODE } from './codes.ts';
import type { DialValues } from './dial.ts';
import { webTarget } from './web-target.ts';

/** What the callee hears, and presses, before the two are joined. */
export function readScreening(
  element: Element,
  { confirmSound, confirmKey, confirmTimeout }: DialValues,
  reading: Reading,
): Screening | undefined {
  if (confirmSound === '') {
    if (!confirmKey) return undefined;
    throw reading.refusal(
      CODE.schema,
      element,
      'confirmKey needs a confirmSound, which asks the callee for it: nobody is joined unconfirmed.',
    );
  }
  return {
    document: webTarget(element, ['confirmSound', confirmSound, CODE.schema], 'POST', reading),
    ...(confirmKey && { key: confirmKey }),
    timeoutSeconds: confirmTimeout,
  };
}
