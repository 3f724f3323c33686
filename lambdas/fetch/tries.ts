/** Asking a URL again: what its owner wants tried again, within what a call can wait. */
import type { Clock } from '../../core/clock.ts';
import type { RetryCause, RetryRule } from '../../dialects/dialect.ts';
import { StatusError, WebError, type WebErrorCode } from '../../web/errors.ts';

/**
 * All tries of one URL together, in milliseconds. A caller hears nothing meanwhile; and twice this, for the URL and its
 * fallback, and the audio and updates that come after, fit into the fetch function's 90 s.
 */
export const MAX_TRIES_MS = 30_000;

const ONCE: RetryRule = { tries: 1, on: [] };

const CAUSES: Readonly<Partial<Record<WebErrorCode, RetryCause>>> = {
  'dns-failed': 'connect',
  'connect-failed': 'connect',
  'tls-failed': 'connect',
  'timed-out': 'read',
};

export interface Tries<T> {
  rule?: RetryRule | undefined;
  clock: Clock;
  /** One try, which is to end within so many milliseconds. */
  attempt(leftMs: number): Promise<T>;
  /** Told of each try that is not the last one. */
  failed?(error: WebError): void;
}

/** What the first try brings that does not fail; throws what the last one did. */
export async function tryUntil<T>({ rule = ONCE, clock, attempt, failed }: Tries<T>): Promise<T> {
  const untilMs = clock.now() + Math.min(rule.withinMs ?? MAX_TRIES_MS, MAX_TRIES_MS);
  for (let tries = 1; ; tries++) {
    try {
      return await attempt(untilMs - clock.now());
    } catch (error) {
      const again = tries < rule.tries && clock.now() < untilMs && isOneOf(rule.on, error);
      if (!again) throw error;
      failed?.(error as WebError);
    }
  }
}

function isOneOf(causes: readonly RetryCause[], error: unknown): boolean {
  if (!(error instanceof WebError)) return false;
  const cause = error instanceof StatusError ? `${Math.floor(error.status / 100)}xx` : CAUSES[error.code];
  return causes.some(each => each === cause);
}
