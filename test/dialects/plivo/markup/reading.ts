/** Reads documents for the tests of the elements. Where one is made of elements, Plivo's own builder has made it. */
import plivo from 'plivo';
import type { Verb, VerbName, VerbOf } from '../../../../core/verb.ts';
import { parse } from '../../../../dialects/plivo/markup/document.ts';
import { NOW_MS } from '../fixtures.ts';

export { refusalOf } from '../../reading.ts';

export const URL = 'https://example.com/app/answer.xml';

// biome-ignore lint/suspicious/noExplicitAny: the builder's own types say no more.
export type Builder = any;

export const built = (build: (response: Builder) => unknown): string => {
  const response = plivo.Response();
  build(response);
  return response.toXML();
};

export const whole = (body: string, contentType = 'application/xml') =>
  parse({ body, contentType, url: URL, nowMs: NOW_MS });

export const read = (build: (response: Builder) => unknown) => whole(built(build));

/** A document of elements that the builder does not make. */
export const raw = (elements: string) => whole(`<Response>${elements}</Response>`);

/** The one verb that a document has, which is of that name. */
export function only<N extends VerbName>(name: N, { verbs }: { verbs: Verb[] }): VerbOf<N> {
  const [verb, ...more] = verbs;
  if (verb?.verb !== name || more.length > 0) throw new Error(`The document has not just one ${name}.`);
  return verb as VerbOf<N>;
}
