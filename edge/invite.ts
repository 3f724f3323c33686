import type { DialPlan } from '../core/dial-plan.ts';
import type { SipTarget } from '../core/sip-target.ts';
import { NameAddr } from '../sip/header/name-addr.ts';
import { SipUri } from '../sip/uri/sip-uri.ts';
import { parseUri, type Uri } from '../sip/uri/uri.ts';
import type { InviteOptions } from '../sip/user-agent.ts';

/** What the edge wants of session timers where a target says nothing: RFC 4028 §4 recommends 1800 s. */
export const DEFAULT_SESSION_SECONDS = 1_800;

/** The Request-URI: the target's, by the transport that was asked for. @throws SipSyntaxError, TypeError */
export function requestUri({ uri, transport }: Pick<SipTarget, 'uri' | 'transport'>): Uri {
  const target = parseUri(uri);
  if (target.kind !== 'sip') throw new TypeError(`${target.scheme}: cannot be dialled by SIP.`);
  // RFC 3261 §26.2.2: a sips URI is TLS by itself.
  const params = target.secure ? target.params : target.params.with('transport', transport);
  return target.with({ params, headers: [] });
}

/** From (RFC 3261 §8.1.1.3): caller id and name, at our own host. A caller id that is a SIP URI stands as it is. */
export function fromOf({ callerId, callerName }: DialPlan, host: string): NameAddr {
  const uri = /^sips?:/i.test(callerId) ? parseUri(callerId) : new SipUri({ user: callerId, host });
  return new NameAddr({ uri, ...(callerName !== undefined && { displayName: callerName }) });
}

/** All of an INVITE that its target asks for, but its description and credentials. */
export function inviteOptions(
  plan: DialPlan,
  target: SipTarget,
  surroundings: { host: string; maxForwards: number | undefined },
): InviteOptions {
  const { sessionTimeoutSeconds, updateSeconds } = target;
  return {
    from: fromOf(plan, surroundings.host),
    headers: target.headers,
    maxForwards: surroundings.maxForwards,
    sessionTimer: {
      // With a keep-alive and nothing else it is twice its period, with us as refresher (RFC 4028 §7.4).
      ...(sessionTimeoutSeconds !== undefined
        ? { intervalSeconds: sessionTimeoutSeconds }
        : updateSeconds === undefined && { intervalSeconds: DEFAULT_SESSION_SECONDS }),
      ...(updateSeconds !== undefined && { keepAliveSeconds: updateSeconds }),
    },
  };
}

/** X- headers of a 200, for whoever asked for the dial. */
export function extensionHeaders(headers: Iterable<readonly [string, string]>): [string, string][] {
  return [...headers]
    .filter(([name]) => /^x-/i.test(name))
    .slice(0, MAX_HEADERS)
    .map(([name, value]) => [name, value.slice(0, MAX_HEADER_CHARACTERS)]);
}

const MAX_HEADERS = 30;
const MAX_HEADER_CHARACTERS = 1_024;
