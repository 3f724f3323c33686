interface Entry<T> {
  readonly word: string;
  readonly meaning: T;
  readonly next: Entry<T> | undefined;
}

const LONGEST = 31;

/** Words of one length that begin alike stand on one shelf: there is seldom more than one. */
const shelfOf = (length: number, first: number): number => (length << 5) | (first & 31);

/**
 * Finds words where they stand in a text, without cutting them out: what nearly every message says makes no string
 * of its own in each.
 */
export class Words<T> {
  readonly #shelves: (Entry<T> | undefined)[] = Array.from({ length: shelfOf(LONGEST + 1, 0) });

  constructor(meanings: Iterable<readonly [word: string, meaning: T]>) {
    for (const [word, meaning] of meanings) {
      const shelf = shelfOf(word.length, word.charCodeAt(0));
      this.#shelves[shelf] = { word, meaning, next: this.#shelves[shelf] };
    }
  }

  /** What the word from `start` to `end` of `text` means, where it is one of these. */
  find(text: string, start: number, end: number): T | undefined {
    const length = end - start;
    if (length < 1 || length > LONGEST) return undefined;
    let entry = this.#shelves[shelfOf(length, text.charCodeAt(start))];
    while (entry !== undefined && !text.startsWith(entry.word, start)) entry = entry.next;
    return entry?.meaning;
  }
}
