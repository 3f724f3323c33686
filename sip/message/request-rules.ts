import { ACCEPT, CONTENT_TYPE } from '../header/content-type.ts';
import { CONTENT_DISPOSITION } from '../header/parameterised.ts';
import { PROXY_REQUIRE, REQUIRE } from '../header/token-list.ts';
import type { SipRequest } from './message.ts';
import type { Capabilities } from './validate.ts';
import type { Objection } from './verdict.ts';

/** RFC 3261 §8.2.1. */
export function methodIsAllowed({ method }: SipRequest, { methods }: Capabilities): Objection | undefined {
  if (methods === undefined || methods.includes(method)) return undefined;
  return { status: 405, reason: 'Method Not Allowed', headers: [['Allow', methods.join(', ')]] };
}

/** RFC 3261 §8.2.2.1; RFC 4475 §3.3.2, §3.3.3. */
export function schemeIsKnown(request: SipRequest, { schemes }: Capabilities): Objection | undefined {
  if (schemes === undefined || schemes.includes(request.requestUri.scheme)) return undefined;
  return { status: 416, reason: 'Unsupported URI Scheme' };
}

/** The address-of-record in a REGISTER is a SIP URI (RFC 3261 §10.2; RFC 4475 §3.3.4). */
export function registersSipAddress(request: SipRequest, { role }: Capabilities): Objection | undefined {
  if (role === 'proxy' || request.method !== 'REGISTER') return undefined;
  const { to } = request;
  if (to === undefined || to.uri.kind === 'sip') return undefined;
  return { status: 400, reason: 'To of a REGISTER must be a SIP or SIPS URI' };
}

/** A proxy may not pass on a request that has no hops left (RFC 3261 §16.3; RFC 4475 §3.3.11). */
export function hopsAreLeft(request: SipRequest, { role }: Capabilities): Objection | undefined {
  if (role !== 'proxy' || request.maxForwards !== 0) return undefined;
  return { status: 483, reason: 'Too Many Hops' };
}

/**
 * RFC 3261 §8.2.2.3 for Require, §16.3 for Proxy-Require; RFC 4475 §3.3.5. Require in an ACK or CANCEL is ignored.
 */
export function extensionsAreSupported(
  request: SipRequest,
  { role, extensions }: Capabilities,
): Objection | undefined {
  if (extensions === undefined || request.method === 'ACK' || request.method === 'CANCEL') return undefined;
  const required = request.headers.readAll(role === 'proxy' ? PROXY_REQUIRE : REQUIRE);
  const missing = required.filter(tag => !extensions.includes(tag));
  if (missing.length === 0) return undefined;
  return { status: 420, reason: 'Bad Extension', headers: [['Unsupported', missing.join(', ')]] };
}

/** RFC 3261 §8.2.3; RFC 4475 §3.3.6. A body whose handling is optional may be of any type. */
export function bodyIsUnderstood(
  request: SipRequest,
  { role, contentTypes }: Capabilities,
): Objection | undefined {
  const { headers, body } = request;
  if (role === 'proxy' || contentTypes === undefined || body.length === 0) return undefined;
  const type = headers.read(CONTENT_TYPE);
  if (type === undefined) return undefined;
  if (contentTypes.includes(type.essence)) return undefined;
  if (headers.read(CONTENT_DISPOSITION)?.params.get('handling')?.toLowerCase() === 'optional')
    return undefined;
  return { status: 415, reason: 'Unsupported Media Type', headers: [['Accept', contentTypes.join(', ')]] };
}

/** An INVITE whose sender takes none of the types we could answer with (RFC 3261 §20.1; RFC 4475 §3.3.15). */
export function answerWouldBeAccepted(
  { method, headers }: SipRequest,
  { role, answerTypes }: Capabilities,
): Objection | undefined {
  if (role === 'proxy' || method !== 'INVITE' || answerTypes === undefined || !headers.has('Accept'))
    return undefined;
  const ranges = headers.readAll(ACCEPT);
  const accepted = (essence: string): boolean =>
    ranges.some(range => ['*/*', `${essence.split('/')[0]}/*`, essence].includes(range.essence));
  return answerTypes.some(accepted) ? undefined : { status: 406, reason: 'Not Acceptable' };
}
