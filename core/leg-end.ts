/** Where a leg leads and with what, by its account's routes, trunks and clients: for requests and for documents alike. */
import { clientUri } from './client.ts';
import { type Directory, type ResolvedDestination, resolveDestination } from './resolve-destination.ts';
import type { Codec, SipTarget, SipTransport } from './sip-target.ts';
import { type Trunk, trunkHeaders } from './trunk.ts';

/** What is asked for of a leg that only SIP can carry. An address that says it itself is right, and so is a trunk. */
export interface SipSettings
  extends Partial<
    Pick<
      SipTarget,
      | 'identifiedBy'
      | 'credentials'
      | 'srtp'
      | 'sessionTimeoutSeconds'
      | 'updateSeconds'
      | 'ringTimeoutSeconds'
    >
  > {
  headers?: SipTarget['headers'];
  transport?: SipTransport;
  codecs?: Codec[];
}

export type LegEnd =
  | { kind: 'telephone'; number: string }
  | { kind: 'sip'; target: SipTarget; trunk?: Trunk }
  /** The reason is a sentence for whoever dialled. */
  | { kind: 'refused'; reason: string };

/** Where nothing is said: the transport of RFC 3261 §18, and the codecs that every telephone has. */
const DEFAULTS = { transport: 'udp', codecs: ['PCMU', 'PCMA'] } satisfies SipSettings;

type Ends = {
  readonly [K in ResolvedDestination['kind']]: (
    resolved: Extract<ResolvedDestination, { kind: K }>,
    leg: { to: string; accountSid: string; settings: SipSettings },
  ) => LegEnd;
};

const ENDS: Ends = {
  pstn: ({ number }) => ({ kind: 'telephone', number }),
  sip: (resolved, { to, settings }) =>
    resolved.trunk === undefined
      ? address(resolved, settings)
      : overTrunk({ ...resolved, trunk: resolved.trunk }, to, settings),
  client: ({ name }, { to, accountSid, settings }) => ({
    kind: 'sip',
    target: {
      kind: 'sip',
      uri: clientUri(accountSid, name),
      client: name,
      calledAs: to,
      ...DEFAULTS,
      codecs: settings.codecs ?? [...DEFAULTS.codecs],
      headers: settings.headers ?? [],
      ...timersOf(settings),
    },
  }),
  refused: ({ reason }) => ({ kind: 'refused', reason }),
  unknown: (_, { to }) => ({
    kind: 'refused',
    reason: `"${to}" is neither a number in E.164 form (such as +12025550100), nor one that a route of this account leads on, nor a SIP address or a client of this account.`,
  }),
};

/** Where `to` leads. */
export function legEnd(
  to: string,
  settings: SipSettings,
  { directory, accountSid }: { directory: Directory; accountSid: string },
): LegEnd {
  const { transport = DEFAULTS.transport, codecs = [...DEFAULTS.codecs] } = settings;
  const resolved = resolveDestination(to, directory, { transport, codecs });
  const end = ENDS[resolved.kind] as (resolved: ResolvedDestination, leg: object) => LegEnd;
  return end(resolved, { to, accountSid, settings });
}

type Resolved = Extract<ResolvedDestination, { kind: 'sip' }>;

function address({ target, headers: written }: Resolved, settings: SipSettings): LegEnd {
  const { credentials, headers: asked = [] } = settings;
  const headers = merged(written, asked);
  return {
    kind: 'sip',
    target: { ...target, headers, ...(credentials && { credentials }), ...timersOf(settings) },
  };
}

function overTrunk(
  { target, trunk }: Resolved & { trunk: Trunk },
  to: string,
  settings: SipSettings,
): LegEnd {
  const { headers, refused } = trunkHeaders(trunk, settings.headers ?? []);
  if (refused.length > 0) {
    const reason = `${refused.join(', ')} cannot be sent, as the trunk ${trunk.name} does not let it pass. Allow identity headers for it, or leave it out.`;
    return { kind: 'refused', reason };
  }
  return { kind: 'sip', target: { ...target, calledAs: to, headers, ...timersOf(settings) }, trunk };
}

/** What is asked for of any target, however it is reached. */
function timersOf(settings: SipSettings): Partial<SipTarget> {
  const { identifiedBy, srtp, sessionTimeoutSeconds, updateSeconds, ringTimeoutSeconds } = settings;
  return {
    ...(identifiedBy && { identifiedBy }),
    ...(srtp !== undefined && { srtp }),
    ...(sessionTimeoutSeconds !== undefined && { sessionTimeoutSeconds }),
    ...(updateSeconds !== undefined && { updateSeconds }),
    ...(ringTimeoutSeconds !== undefined && { ringTimeoutSeconds }),
  };
}

/** What the address asks for, and what the leg does: of two of one name the leg's. */
function merged(written: SipTarget['headers'], asked: SipTarget['headers']): SipTarget['headers'] {
  const names = new Set(asked.map(([name]) => name.toLowerCase()));
  return [...written.filter(([name]) => !names.has(name.toLowerCase())), ...asked];
}
