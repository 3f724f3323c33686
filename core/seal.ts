/** Passwords in verbs: in the clear from the parser to here, sealed from here to the SIP edge. */
import type { Entry } from './session.ts';
import type { SipTarget } from './sip-target.ts';
import type { LaidOutVerb } from './verb.ts';

/** Text → base64 of what only the SIP edge can open. */
export type Seal = (clear: string) => Promise<string>;

export async function sealTarget(target: SipTarget, seal: Seal): Promise<SipTarget> {
  const { credentials } = target;
  if (credentials === undefined || !('clear' in credentials.password)) return target;
  const ciphertext = await seal(credentials.password.clear);
  return { ...target, credentials: { username: credentials.username, password: { ciphertext } } };
}

/** The verbs, with no password left in the clear. */
export function sealVerbs(verbs: readonly LaidOutVerb[], seal: Seal): Promise<LaidOutVerb[]> {
  return Promise.all(
    verbs.map(async verb =>
      verb.verb === 'DialEdge'
        ? { ...verb, targets: await Promise.all(verb.targets.map(target => sealTarget(target, seal))) }
        : verb,
    ),
  );
}

/** What a call begins with, with no password left in the clear. */
export async function sealEntry(entry: Entry, seal: Seal): Promise<Entry> {
  return 'verbs' in entry ? { ...entry, verbs: await sealVerbs(entry.verbs, seal) } : entry;
}
