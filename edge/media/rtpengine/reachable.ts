import { deaf } from '../../direction.ts';
import { addressOf, audioOf, isUnspecified, parseSdp, portOf, writeSdp } from '../../sdp.ts';
import type { TargetGuard } from '../../target-guard.ts';
import type { MayReach } from '../latch.ts';
import { readRtcp } from '../rtcp-attribute.ts';

/** Nobody is there (RFC 5737, RFC 3849). */
export const NOBODY = { IP4: '192.0.2.1', IP6: '2001:db8::1' } as const;

const CONNECTION = /^c=IN IP[46] (\S+)\s*$/;
const ICE = /^a=(?:candidate|ice-|remote-candidates|end-of-candidates)/;

/**
 * What the outside says, as the engine may hear it. The engine sends to where a description says until packets have come, and then to
 * where those came from; and it asks at every ICE candidate who is there, though it is told to remove ICE. So an address that may not be
 * reached, or is none, becomes one where nobody is, and candidates are left out.
 *
 * A hold by an address of nowhere becomes one by direction: the engine would take it for a move, and have forgotten for 3 s after it
 * where a side behind a NAT is.
 *
 * @throws SdpRefused when it has no audio, or names a port that is none
 */
export function reachable(text: string, targets: TargetGuard): string {
  const said = parseSdp(text);
  for (const section of said.media) portOf(section);
  const sdp = isUnspecified(addressOf(audioOf(said), said)) ? deaf(said) : said;
  const mayReach: MayReach = address => targets.refusal(address) === undefined;
  const heard = (lines: readonly string[]) => lines.flatMap(line => heardLine(line, mayReach));
  return writeSdp({
    session: heard(sdp.session),
    media: sdp.media.map(section => ({ ...section, lines: heard(section.lines) })),
  });
}

function heardLine(line: string, mayReach: MayReach): string | readonly string[] {
  if (line.startsWith('c=')) return connection(line, mayReach);
  if (line.startsWith('a=rtcp:')) return isRtcp(line, mayReach) ? line : [];
  return ICE.test(line) ? [] : line;
}

/** Whatever does not read as one address is none that was looked at. */
function connection(line: string, mayReach: MayReach): string {
  const [, address = ''] = CONNECTION.exec(line) ?? [];
  if (mayReach(address)) return line;
  const family = line.startsWith('c=IN IP6 ') ? 'IP6' : 'IP4';
  return `c=IN ${family} ${NOBODY[family]}`;
}

function isRtcp(line: string, mayReach: MayReach): boolean {
  const named = readRtcp(line);
  return named !== undefined && (named.address === undefined || mayReach(named.address));
}
