/** Which of the branches' final codes the inside leg gets when nobody answered (RFC 3261 §16.7). */

/** RFC 3261 §16.7 step 6: within the class 4xx these come first, as they say how to try again; then the one that says most. */
const BEST_OF_4XX: readonly number[] = [401, 407, 415, 420, 484, 486];

/** Codes that mean something only between the edge and its target, and what they mean to the inside leg. */
export const INSIDE_CODE: Readonly<Record<number, number>> = {
  // Their challenges are the edge's to answer, and it could not.
  401: 403,
  407: 403,
  // What the edge said is not what it takes: the header that tells which is about the edge (RFC 3261 §8.1.3.5).
  405: 500,
  415: 488,
  420: 500,
  421: 500,
  422: 500,
  // The edge's own CANCEL on a time-out: nobody was there.
  487: 480,
  // RFC 3261 §16.7: 503 is about the edge's next hop; passed on it would mean the edge itself.
  503: 500,
};

/** The redirections were followed, or may not be: to the inside leg that is somebody who is not there. */
const REDIRECTED = 480;
/** Without any branch. */
const NOBODY = 404;

/** The best of the final codes, as RFC 3261 §16.7 step 6 orders them: 6xx, then the lowest class. */
export function bestCode(codes: readonly number[]): number | undefined {
  const ofClass = (hundreds: number) => codes.filter(code => Math.floor(code / 100) === hundreds);
  const [declined] = ofClass(6);
  if (declined !== undefined) return declined;
  const lowest = [3, 4, 5].map(ofClass).find(found => found.length > 0);
  const preferred = BEST_OF_4XX.find(code => lowest?.includes(code));
  // A code that only says that we gave up, or never reached it, is the last of its class.
  return preferred ?? lowest?.find(code => code !== 487 && code !== 503 && code !== 408) ?? lowest?.[0];
}

/** What the inside leg is refused with. */
export function insideCode(codes: readonly number[]): number {
  const best = bestCode(codes);
  if (best === undefined) return NOBODY;
  return INSIDE_CODE[best] ?? (best < 400 ? REDIRECTED : best);
}
