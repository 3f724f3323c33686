/** Reads documents for the tests of the verbs. */
import type { Verb } from '../../../../core/verb.ts';
import { DocumentError } from '../../../../dialects/dialect.ts';
import { parse } from '../../../../dialects/restcomm/markup/document.ts';
import { NOW_MS } from '../fixtures.ts';

export const URL = 'https://example.com/app/voice.xml';

export const read = (verbs: string, url: string | null = URL) =>
  parse({
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Response>\n${verbs}\n</Response>`,
    nowMs: NOW_MS,
    ...(url !== null && { url, contentType: 'application/xml' }),
  });

/** The one verb that a document has. */
export function verbOf(markup: string): Verb {
  const [verb, ...more] = read(markup).verbs;
  if (verb === undefined || more.length > 0) throw new Error('The document has not just one verb.');
  return verb;
}

/** The numbers of what is noted of a document that is carried out. */
export const notesOf = (markup: string) => read(markup).notifications.map(({ code }) => code);

/** What a document is refused with. */
export function refusalOf(work: () => unknown): { code: number; message: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof DocumentError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('The document was not refused.');
}
