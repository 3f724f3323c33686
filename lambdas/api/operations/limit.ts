import { Problem } from '../../../core/problem.ts';

/** Makes sure that an account may have one more. Throws Problem `limit-reached`. */
export function assertRoom(things: string, present: readonly unknown[], limit: number): void {
  if (present.length < limit) return;
  throw new Problem(
    'limit-reached',
    `An account has at most ${limit} ${things}, and this one has as many. Delete one that is no longer needed.`,
  );
}
