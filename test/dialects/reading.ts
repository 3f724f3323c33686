/** Reads documents for the tests of a dialect's verbs. */
import type { Verb } from '../../core/verb.ts';
import { DocumentError, type Documents } from '../../dialects/dialect.ts';

export const URL = 'https://example.com/app/voice.xml';

/** @param parse the dialect's */
export function readingWith(parse: Documents['parse'], nowMs: number) {
  const read = (verbs: string, url: string | null = URL) =>
    parse({
      body: `<?xml version="1.0" encoding="UTF-8"?>\n<Response>\n${verbs}\n</Response>`,
      nowMs,
      ...(url !== null && { url, contentType: 'application/xml' }),
    });

  return {
    read,
    /** The one verb that a document has. */
    verbOf(markup: string): Verb {
      const [verb, ...more] = read(markup).verbs;
      if (verb === undefined || more.length > 0) throw new Error('The document has not just one verb.');
      return verb;
    },
    /** The numbers of what is noted of a document that is carried out. */
    notesOf: (markup: string) => read(markup).notifications.map(({ code }) => code),
  };
}

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
