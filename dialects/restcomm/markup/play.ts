import type { Play } from '../../../core/verb.ts';
import { readAttributes, whole } from '../../markup/attributes.ts';
import { MAX_PLAY_LOOPS } from '../../markup/audio.ts';
import { textOf } from '../../markup/element.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { CODE } from './codes.ts';

export const PLAY_ATTRIBUTES = { loop: whole(CODE.play.loop, 1, [0, MAX_PLAY_LOOPS]) } as const;

/** Audio from a URL, without which the call ends. Throws DocumentError, under that code, for what is no URL. */
const playing = (invalidUrl: number): VerbReader => ({
  read(element, reading): Play | undefined {
    const { loop } = readAttributes(element, PLAY_ATTRIBUTES, reading);
    const url = textOf(element);
    if (url === '') {
      reading.warn(CODE.play.url, element, 'there is no URL in it; it is skipped.');
      return undefined;
    }
    return { verb: 'Play', url: reading.resolve(element, 'its URL', url, invalidUrl), loop, needed: true };
  },
});

export const play = playing(CODE.invalidUrl);
/** In a Gather. */
export const promptPlay = playing(CODE.play.url);
