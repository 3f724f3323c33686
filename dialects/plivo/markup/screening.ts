import type { Screening } from '../../../core/verb.ts';
import type { Element } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';
import { CODE } from './codes.ts';
import type { DialValues } from './dial.ts';
import { webTarget } from './web-target.ts';

/** What the callee hears, and presses, before the two are joined; a key is waited for in silence where there is nothing to hear. */
export function readScreening(
  element: Element,
  { confirmSound, confirmKey, confirmTimeout }: DialValues,
  reading: Reading,
): Screening | undefined {
  if (confirmSound === '' && !confirmKey) return undefined;
  return {
    ...(confirmSound !== '' && {
      document: webTarget(element, ['confirmSound', confirmSound, CODE.schema], 'POST', reading),
    }),
    ...(confirmKey && { key: confirmKey }),
    timeoutSeconds: confirmTimeout,
  };
}
