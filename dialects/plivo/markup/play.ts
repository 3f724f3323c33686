import { readAttributes } from '../../markup/attributes.ts';
import { readAudio } from '../../markup/audio.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { CODE } from './codes.ts';
import { LOOP } from './speak.ts';

export const PLAY_ATTRIBUTES = { loop: LOOP } as const;

/** Audio from a URL. */
export const play: VerbReader = {
  read(element, reading) {
    const { loop } = readAttributes(element, PLAY_ATTRIBUTES, reading);
    return readAudio(element, { loop, codes: { loop: CODE.schema, url: CODE.schema } }, reading);
  },
};
