/** The `api_id` of an answer: a UUID that names its request. */
import { createHash } from 'node:crypto';
import { toUuid } from '../../core/sid.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The request's own identifier where that is a UUID, or else one made of it: always the same for one request. */
export function apiId(requestId: string): string {
  if (UUID.test(requestId)) return requestId;
  return toUuid(`RQ${createHash('sha256').update(requestId).digest('hex').slice(0, 32)}`);
}
