import type { CallbackEvent } from '../../core/call.ts';
import type { Attribute } from './attributes.ts';

/** How a dialect's documents list the events of a status callback. */
export interface EventRules {
  /** Between the words, in words and as an expression. */
  separator: [words: string, RegExp];
  /** Words → events, leaving out what means nothing. */
  eventsOf(words: readonly string[]): CallbackEvent[];
  otherwise: CallbackEvent[];
}

/** The words of a `statusCallbackEvent`. */
export function events(
  code: number,
  { separator: [between, expression], eventsOf, otherwise }: EventRules,
): Attribute<CallbackEvent[]> {
  return {
    takes: `some of initiated, ringing, answered and completed, with ${between} between them`,
    read: value => {
      const words = value.trim().split(expression);
      return words.every(each => eventsOf([each]).length > 0) ? eventsOf(words) : undefined;
    },
    otherwise,
    code,
  };
}
