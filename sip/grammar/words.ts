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
    while (entry !== undefined && !standsAt(entry.word, text, start)) entry = entry.next;
    return entry?.meaning;
  }
}

function standsAt(word: string, text: string, start: number): boolean {
  for (let index = 0; index < word.length; index += 1) {
    if (text.charCodeAt(start + index) !== word.charCodeAt(index)) return false;
  }
  return true;
}

const usual = new Words(
  (
    'SIP 2.0 UDP TCP TLS sip sips tel tag branch rport received transport lr udp tcp tls ' +
    'INVITE ACK BYE CANCEL OPTIONS UPDATE PRACK INFO REFER NOTIFY SUBSCRIBE MESSAGE REGISTER PUBLISH ' +
    'timer 100rel replaces norefersub application sdp refresher uac uas cause text reason'
  )
    .split(' ')
    .map(word => [word, word] as const),
);

/** `text` from `start` to `end`; a word that SIP uses all the time is the same string each time. */
export const wordAt = (text: string, start: number, end: number): string =>
  usual.find(text, start, end) ?? text.slice(start, end);
