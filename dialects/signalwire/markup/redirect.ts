import { method, readAttributes } from '../../markup/attributes.ts';
import { textOf } from '../../markup/element.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { CODE } from './codes.ts';

export const REDIRECT_ATTRIBUTES = { method: method(CODE.redirect.method) } as const;

export const redirect: VerbReader = {
  read(element, reading) {
    const { method: how } = readAttributes(element, REDIRECT_ATTRIBUTES, reading);
    return {
      verb: 'Redirect',
      target: { url: reading.resolve(element, 'its URL', textOf(element)), method: how },
    };
  },
  leaves: () => true,
};
