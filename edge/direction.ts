/** Which way media flows in a session description (RFC 3264 §5.1). */
import type { Sdp } from './sdp.ts';

type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

const DIRECTION = /^a=(sendonly|recvonly|inactive|sendrecv)$/;

/** Whether its writer sends, */
export const speaks = (direction: Direction) => direction === 'sendrecv' || direction === 'sendonly';
/** and whether it wants to be sent to. */
export const hears = (direction: Direction) => direction === 'sendrecv' || direction === 'recvonly';

/** Of somebody who does either, or not. */
export function directionFor(isSpeaking: boolean, isHearing: boolean): Direction {
  if (isSpeaking) return isHearing ? 'sendrecv' : 'sendonly';
  return isHearing ? 'recvonly' : 'inactive';
}

/** The description as that of somebody who sends and receives: what was on hold was so only for want of a peer. */
export const flowing = (sdp: Sdp): Sdp => redirected(sdp, () => 'sendrecv');

/** As that of somebody who hears nothing: whoever is told it sends nothing (RFC 3264 §6.1). */
export const deaf = (sdp: Sdp): Sdp => redirected(sdp, said => directionFor(speaks(said), false));

/** As that of somebody who speaks as well, where it hears. */
export const speaking = (sdp: Sdp): Sdp =>
  redirected(sdp, said => directionFor(speaks(said) || hears(said), hears(said)));

/** As that of somebody who sends only what is wanted, and wants only what is sent (RFC 3264 §6.1). */
export const inAnswerTo = (offer: Sdp, sdp: Sdp): Sdp =>
  redirected(sdp, (said, at) => {
    const offered = directionOf(offer, at);
    return directionFor(speaks(said) && hears(offered), hears(said) && speaks(offered));
  });

/** Each section says its direction itself; without a word it is `sendrecv`, which need not be said (RFC 4566 §6). */
function redirected(sdp: Sdp, change: (said: Direction, section: number) => Direction): Sdp {
  const without = (lines: readonly string[]) => lines.filter(line => !DIRECTION.test(line));
  return {
    session: without(sdp.session),
    media: sdp.media.map((section, at) => {
      const changed = change(directionOf(sdp, at), at);
      const spoken = changed === 'sendrecv' ? [] : [`a=${changed}`];
      return { ...section, lines: [...without(section.lines), ...spoken] };
    }),
  };
}

/** Of that section. */
export function directionOf({ session, media }: Sdp, at: number): Direction {
  const said = (lines: readonly string[] = []) =>
    lines.map(line => DIRECTION.exec(line)?.[1] as Direction | undefined).find(word => word !== undefined);
  return said(media[at]?.lines) ?? said(session) ?? 'sendrecv';
}
