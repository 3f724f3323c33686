/** Times as Plivo writes them, always UTC. */

/** `2026-01-31 18:30:00`; empty for what has not happened. */
export const seconds = (atMs: number | undefined): string =>
  atMs === undefined ? '' : new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');

/** `2026-01-31 18:30:00.123000` */
export const microseconds = (atMs: number): string =>
  `${new Date(atMs).toISOString().slice(0, 23).replace('T', ' ')}000`;

/** `2026-01-31 18:30:00+00:00`; null for what has not happened. */
export const zoned = (atMs: number | undefined): string | null =>
  atMs === undefined ? null : `${seconds(atMs)}+00:00`;
