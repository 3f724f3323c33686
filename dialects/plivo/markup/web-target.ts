import type { HttpMethod, WebTarget } from '../../../core/call.ts';
import { DocumentError } from '../../dialect.ts';
import type { Attribute } from '../../markup/attributes.ts';
import type { Element } from '../../markup/element.ts';
import type { Reading } from '../../markup/reading.ts';

/** `GET` or `POST`; a document with another one is not carried out. */
export function method(code: number): Attribute<HttpMethod> {
  return {
    takes: 'GET or POST',
    read: text => (['GET', 'POST'] as const).find(each => each === text.trim().toUpperCase()),
    otherwise: 'POST',
    code,
    strict: true,
  };
}

/** What an attribute or an element names, made absolute. Throws DocumentError with that code. */
export function webTarget(
  element: Element,
  [what, written, code]: [what: string, written: string, code: number],
  how: HttpMethod,
  reading: Reading,
): WebTarget {
  try {
    return { url: reading.resolve(element, what, written), method: how };
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new DocumentError(code, error.message, { cause: error });
  }
}
