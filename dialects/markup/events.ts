import type { CallbackEvent } from '../../core/call.ts';
import type { Attribute } from './attributes.ts';

/** How a dialect's documents list the events of a status callback. */
export interface EventRules {
  /** Between the words, in words and as an expression. */
  separator: [words: string, RegExp];
  /** Words → events, leaving out what means nothing. */
  eventsOf(words: readonly string[]): CallbackEvent[];
  otherwise: CallbackEvent[];
  /** A word that there is not makes the whole attribute wrong, or means nothing as long as another one does. */
  unknown: 'wrong' | 'ignored';
}

/** The words of a `statusCallbackEvent`. */
export function events(
  code: number,
  { separator: [between, expression], eventsOf, otherwise, unknown }: EventRules,
): Attribute<CallbackEvent[]> {
  return {
    takes: `some of initiated, ringing, answered and completed, with ${between} between them`,
    read: value => {
      const words = value.trim().split(expression);
      const known = words.filter(each => eventsOf([each]).length > 0);
      const isRight = unknown === 'wrong' ? known.length === words.length : known.length > 0;
      return isRight ? eventsOf(words) : undefined;
    },
    otherwise,
    code,
  };
}
