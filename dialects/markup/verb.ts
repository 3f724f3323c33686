/** What a verb tells the document reader of itself. */
import type { Verb } from '../../core/verb.ts';
import type { Element } from './element.ts';
import type { Reading } from './reading.ts';

export interface VerbReader<Read extends Verb | Verb[] = Verb> {
  /** Its verb, or the verbs that it stands for; undefined for one that is skipped, which was noted. Throws DocumentError. */
  read(element: Element, reading: Reading): Read | undefined;
  /** Whatever comes after it in the document is never reached. */
  leaves?(verb: Verb): boolean;
}
