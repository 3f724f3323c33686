import type { VerbDefinition } from './definition.ts';

/** Never begun as it was written: whoever takes a document in lays it out first. */
export const dial: VerbDefinition<'Dial'> = {
  alone: true,
  start() {
    throw new TypeError('A Dial has to be laid out before it begins.');
  },
};
