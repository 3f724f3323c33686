import type { Verb } from '../../../core/verb.ts';
import { readAttributes } from '../../markup/attributes.ts';
import { elementsOf } from '../../markup/element.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { shown } from '../../text.ts';
import { CODE } from './codes.ts';
import { play } from './play.ts';
import { speak } from './speak.ts';
import { wait } from './wait.ts';

const VERBS: Readonly<Record<string, VerbReader>> = { Speak: speak, Play: play, Wait: wait };

/**
 * What the caller is to hear before the call is answered. The voice service has no early media: it answers the call with
 * the first thing to be heard, and until then, so in a Wait, the call rings.
 */
export const preAnswer: VerbReader<Verb[]> = {
  read(element, reading) {
    readAttributes(element, {}, reading);
    const verbs = elementsOf(element).flatMap((child): Verb[] => {
      const reader = Object.hasOwn(VERBS, child.name) ? VERBS[child.name] : undefined;
      if (reader === undefined) {
        throw reading.refusal(
          CODE.schema,
          child,
          `only ${Object.keys(VERBS).join(', ')} can stand in a PreAnswer, not ${shown(child.name)}.`,
        );
      }
      const verb = reader.read(child, reading);
      return verb === undefined ? [] : [verb];
    });
    if (verbs.some(({ verb }) => verb !== 'Pause')) {
      reading.warn(
        CODE.notSupported,
        element,
        'there is no early media: a call that came in is answered by the first thing to be heard in it.',
      );
    }
    return verbs;
  },
};
