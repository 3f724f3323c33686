import type { Delivery } from '../../core/operation.ts';
import { redactUrl } from '../../core/redact-url.ts';
import type { TimelineEntry } from './timeline-entry.ts';

/** What the deliver function has recorded, as entries of a timeline. */
export function callbackEntries(deliveries: readonly Delivery[]): TimelineEntry[] {
  return deliveries.flatMap(({ eventId, callSid, request: { method, url, parameters }, attempts }) =>
    attempts.map((attempt, index) => ({
      kind: 'callback' as const,
      ...attempt,
      eventId,
      callSid,
      method,
      url: redactUrl(url),
      parameters,
      attempt: index + 1,
    })),
  );
}

/** Two timelines as one. Of the same moment the first one's entries come first, and each keeps its order. */
export function merged(first: readonly TimelineEntry[], second: readonly TimelineEntry[]): TimelineEntry[] {
  return [...first, ...second].sort((a, b) => a.atMs - b.atMs);
}
