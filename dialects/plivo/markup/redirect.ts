import { readAttributes } from '../../markup/attributes.ts';
import { textOf } from '../../markup/element.ts';
import type { VerbReader } from '../../markup/verb.ts';
import { CODE } from './codes.ts';
import { method, webTarget } from './web-target.ts';

export const REDIRECT_ATTRIBUTES = { method: method(CODE.redirectMethod) } as const;

/** The call goes on with another document. */
export const redirect: VerbReader = {
  read(element, reading) {
    const { method: how } = readAttributes(element, REDIRECT_ATTRIBUTES, reading);
    const target = webTarget(element, ['its URL', textOf(element), CODE.redirectUrl], how, reading);
    return { verb: 'Redirect', target };
  },
  leaves: () => true,
};
