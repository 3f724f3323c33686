import { method, readAttributes } from '../../markup/attributes.ts';
import { textOf } from '../../markup/element.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { CODE } from './codes.ts';

export const REDIRECT_ATTRIBUTES = { method: method(CODE.redirect.method) } as const;

export const redirect: VerbReader = {
  read(element, reading) {
    const { method: how } = readAttributes(element, REDIRECT_ATTRIBUTES, reading);
    const url = textOf(element);
    if (url === '') {
      reading.warn(CODE.schema, element, 'there is no URL in it; it is skipped.');
      return undefined;
    }
    return {
      verb: 'Redirect',
      target: { url: reading.resolve(element, 'its URL', url), method: how },
    };
  },
  leaves: () => true,
};
