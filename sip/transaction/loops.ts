import type { SipRequest } from '../message/message.ts';
import { branchKey } from './key.ts';

/**
 * Whether a request of ours has come back to us unchanged: one of the Vias under the top one is that of an open
 * client transaction, with the same Request-URI (the loop, not the spiral, of RFC 3261 §16.3 step 4). It gets 482.
 */
export function hasLooped(request: SipRequest, open: (key: string) => SipRequest | undefined): boolean {
  const [, ...below] = request.vias;
  return below.some(via => {
    const key = branchKey(via.branch, request.method);
    const ours = key === undefined ? undefined : open(key);
    return ours !== undefined && ours.callId === request.callId && ours.uri === request.uri;
  });
}

/**
 * The Max-Forwards of a request that is sent because this one came, as a B2BUA sends it (RFC 7332 §4). Undefined
 * when there are no hops left: answer 483.
 */
export function forwardedMaxForwards(request: SipRequest): number | undefined {
  const left = request.maxForwards ?? DEFAULT_MAX_FORWARDS;
  return left === 0 ? undefined : left - 1;
}

/** RFC 3261 §8.1.1.6. */
const DEFAULT_MAX_FORWARDS = 70;
