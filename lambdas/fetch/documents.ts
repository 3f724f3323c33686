/** How each dialect asks for documents and reads them. The function that does so imports no more of a dialect than this. */
import type { Documents, RetryRule } from '../../dialects/dialect.ts';
import { documents as plivo } from '../../dialects/plivo/documents.ts';
import { documents as restcomm } from '../../dialects/restcomm/documents.ts';
import { documents as signalwire } from '../../dialects/signalwire/documents.ts';

const DOCUMENTS: ReadonlyMap<string, Documents> = new Map(Object.entries({ signalwire, restcomm, plivo }));

/** @throws Error for a dialect that has no documents */
export function documentsOf(dialect: string): Documents {
  const documents = DOCUMENTS.get(dialect);
  if (documents === undefined) throw new Error(`The dialect ${dialect} has no documents.`);
  return documents;
}

/** Verbs, and audio in them, can be at hand in a dialect without documents, too. */
export const audioRetriesOf = (dialect: string): RetryRule | undefined =>
  DOCUMENTS.get(dialect)?.audioRetries;
