import type { TransportError } from './errors.ts';

/** Tells of a failure that is known at once as of any other, later: whoever sends need not be ready to hear of it yet. */
export function failLater(
  failed: ((error: TransportError) => void) | undefined,
  error: TransportError,
): void {
  if (failed !== undefined) queueMicrotask(() => failed(error));
}
