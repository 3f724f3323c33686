import type { DialPlan } from '../core/dial-plan.ts';
import { clientOf } from '../core/resolve-destination.ts';
import type { SipTarget } from '../core/sip-target.ts';
import { detached } from '../sip/grammar/detached.ts';
import { NameAddr } from '../sip/header/name-addr.ts';
import type { Headers } from '../sip/message/headers.ts';
import { SipUri } from '../sip/uri/sip-uri.ts';
import { parseUri, type Uri } from '../sip/uri/uri.ts';
import type { InviteOptions, UserAgent } from '../sip/user-agent.ts';
import type { Surroundings } from './surroundings.ts';

/** What the edge wants of session timers where a target says nothing: RFC 4028 §4 recommends 1800 s. */
export const DEFAULT_SESSION_SECONDS = 1_800;

/** A number of the telephone network is to be called, and this edge has no Voice Connector that leads there. */
export class TelephoneMissing extends Error {
  override readonly name = 'TelephoneMissing';

  constructor() {
    super('A phone number cannot be called: this edge has no Voice Connector to the telephone network.');
  }
}

/**
 * The Request-URI: the target's, by the transport that was asked for; or the number at the connector to the telephone network.
 * @throws SipSyntaxError, TypeError, TelephoneMissing
 */
export function requestUri(
  { uri, transport, telephone }: Pick<SipTarget, 'uri' | 'transport' | 'telephone'>,
  telephoneHost?: string,
): Uri {
  if (telephone !== undefined) {
    if (telephoneHost === undefined) throw new TelephoneMissing();
    return parseUri(`sip:${telephone.number}@${telephoneHost}`);
  }
  const target = parseUri(uri);
  if (target.kind !== 'sip') throw new TypeError(`${target.scheme}: cannot be dialled by SIP.`);
  // RFC 3261 §26.2.2: a sips URI is TLS by itself.
  const params = target.secure ? target.params : target.params.with('transport', transport);
  return target.with({ params, headers: [] });
}

/** Who calls a target: the telephone network is behind the voice service, everything else in the world. */
export function agentFor(
  { inside, outside }: Pick<Surroundings, 'inside' | 'outside'>,
  target: Pick<SipTarget, 'telephone'> | undefined,
): UserAgent {
  return target?.telephone === undefined ? outside : inside;
}

/** From (RFC 3261 §8.1.1.3): caller id and name, at our own host. A SIP URI stands as it is, a client by its name. */
export function fromOf(
  { callerId, callerName }: Pick<DialPlan, 'callerId' | 'callerName'>,
  host: string,
): NameAddr {
  const uri = /^sips?:/i.test(callerId)
    ? parseUri(callerId)
    : new SipUri({ user: clientOf(callerId) ?? callerId, host });
  return new NameAddr({ uri, ...(callerName !== undefined && { displayName: callerName }) });
}

/** Who calls, in From, and in Contact by the same user: requests of the dialog are told by its tags, whatever they are sent to. */
function callerOf(plan: Pick<DialPlan, 'callerId' | 'callerName'>, host: string) {
  const from = fromOf(plan, host);
  return { from, ...(from.uri.kind === 'sip' && { contactUser: from.uri.user }) };
}

/** All of an INVITE that its target asks for, but its description and credentials. */
export function inviteOptions(
  plan: DialPlan,
  target: SipTarget,
  surroundings: Pick<Surroundings, 'insideTimer'> & { host: string; maxForwards: number | undefined },
): InviteOptions {
  const { sessionTimeoutSeconds, updateSeconds, telephone } = target;
  if (telephone !== undefined) {
    const { callerId } = telephone;
    return {
      ...callerOf({ ...plan, callerId }, surroundings.host),
      headers: target.headers,
      maxForwards: surroundings.maxForwards,
      ...(surroundings.insideTimer && { sessionTimer: surroundings.insideTimer }),
    };
  }
  return {
    ...callerOf({ ...plan, callerId: target.callerId ?? plan.callerId }, surroundings.host),
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

/** X- headers of a 200, for whoever asked for the dial; they do not keep the message that they came in. */
export function extensionHeaders({ fields }: Headers): [string, string][] {
  return fields
    .filter(({ key }) => key.startsWith('x-'))
    .slice(0, MAX_HEADERS)
    .map(({ name, value }) => [detached(name), detached(value.slice(0, MAX_HEADER_CHARACTERS))]);
}

const MAX_HEADERS = 30;
const MAX_HEADER_CHARACTERS = 1_024;
