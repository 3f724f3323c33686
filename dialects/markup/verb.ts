/** What a verb tells the document reader of itself. */
import type { Verb } from '../../core/verb.ts';
import type { Element } from './element.ts';
import type { Reading } from './reading.ts';

export interface VerbReader {
  /** Its verb; undefined for one that is skipped, which was noted. Throws DocumentError. */
  read(element: Element, reading: Reading): Verb | undefined;
  /** Whatever comes after it in the document is never reached. */
  leaves?(verb: Verb): boolean;
}
