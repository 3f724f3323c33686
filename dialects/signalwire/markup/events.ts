import type { Attribute } from '../../markup/attributes.ts';
import { eventsOf } from '../status-words.ts';

/** The words of a `statusCallbackEvent`. */
export function events(code: number): Attribute<ReturnType<typeof eventsOf>> {
  return {
    takes: 'some of initiated, ringing, answered and completed, with spaces between them',
    read: value => {
      const words = value.trim().split(/\s+/);
      const found = eventsOf(words);
      return words.every(each => eventsOf([each]).length > 0) ? found : undefined;
    },
    otherwise: ['completed'],
    code,
  };
}
