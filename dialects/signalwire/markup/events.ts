import * as markup from '../../markup/events.ts';
import { DEFAULT_EVENTS, eventsOf } from '../status-words.ts';

/** The words of a `statusCallbackEvent`. */
export const events = (code: number) =>
  markup.events(code, {
    separator: ['spaces', /\s+/],
    eventsOf,
    otherwise: [...DEFAULT_EVENTS],
    unknown: 'wrong',
  });
