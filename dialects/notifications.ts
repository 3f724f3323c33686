/** What every dialect that lists a call's notifications says of them. */
import { createHash } from 'node:crypto';
import type { Notification } from '../core/document.ts';

/** The platforms' numbers for what a notification is. */
export const LOG_LEVELS = { error: '0', warning: '1' } as const satisfies Record<
  Notification['level'],
  string
>;

/** `NO…`: always the same for one notification of one call. */
export function notificationSid(callSid: string, { occurredAtMs, code, message }: Notification): string {
  const digest = createHash('sha256').update(JSON.stringify([callSid, occurredAtMs, code, message]));
  return `NO${digest.digest('hex').slice(0, 32)}`;
}
