/** What a caller hears while keys are taken. */
import type { Gather } from '../../core/verb.ts';
import { shown } from '../text.ts';
import { type Element, elementsOf } from './element.ts';
import type { Reading } from './reading.ts';
import type { VerbReader } from './verb.ts';

/**
 * The prompts in an element, in their order; what is none is noted under `code`, and skipped.
 * @param readers those verbs of the dialect that can be one, by their names
 */
export function readPrompts(
  element: Element,
  readers: Readonly<Record<string, VerbReader>>,
  code: number,
  reading: Reading,
): Gather['prompts'] {
  return elementsOf(element).flatMap(noun => {
    const reader = Object.hasOwn(readers, noun.name) ? readers[noun.name] : undefined;
    const verb = reader?.read(noun, reading);
    if (verb?.verb === 'Say' || verb?.verb === 'Play' || verb?.verb === 'Pause') return [verb];
    if (reader === undefined || verb !== undefined) {
      reading.warn(
        code,
        { ...noun, name: shown(noun.name) },
        'is nothing that a Gather can prompt with: it is skipped. Use Say, Play (of audio) and Pause.',
      );
    }
    return [];
  });
}
