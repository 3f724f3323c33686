import type { HttpMethod, WebTarget } from '../../../core/call.ts';
import { type Attribute, method as anyMethod } from '../../markup/attributes.ts';
import type { Element } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';

/** `GET` or `POST`; a document with another one is not carried out. */
export const method = (code: number): Attribute<HttpMethod> => ({ ...anyMethod(code), strict: true });

/** What an attribute or an element names, made absolute. Throws DocumentError with that code. */
export function webTarget(
  element: Element,
  [what, written, code]: [what: string, written: string, code: number],
  how: HttpMethod,
  reading: Reading,
): WebTarget {
  return { url: reading.resolve(element, what, written, code), method: how };
}
