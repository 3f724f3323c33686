/** Audio from a URL. */
import type { Play } from '../../core/verb.ts';
import { DocumentError } from '../dialect.ts';
import { type Element, textOf } from './element.ts';
import type { Reading } from './reading.ts';

/** The most times that one Play repeats. */
export const MAX_PLAY_LOOPS = 1_000;

/**
 * What an element plays; undefined for one that is skipped, which is noted.
 * @param codes the dialect's numbers of what is wrong with a loop and a URL
 */
export function readAudio(
  element: Element,
  { loop, codes }: { loop: number; codes: { loop: number; url: number } },
  reading: Reading,
): Play | undefined {
  if (loop > MAX_PLAY_LOOPS) {
    reading.warn(
      codes.loop,
      element,
      `it is repeated ${MAX_PLAY_LOOPS} times; 0 repeats it until the call ends.`,
    );
  }
  const url = textOf(element);
  if (url === '') {
    reading.warn(codes.url, element, 'there is no URL in it; it is skipped.');
    return undefined;
  }
  try {
    return {
      verb: 'Play',
      url: reading.resolve(element, 'its URL', url),
      loop: Math.min(loop, MAX_PLAY_LOOPS),
    };
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    if (reading.url === undefined && error.code === reading.codes.noBaseUrl) throw error;
    reading.warn(codes.url, element, 'what is in it is no http or https URL; it is skipped.');
    return undefined;
  }
}
