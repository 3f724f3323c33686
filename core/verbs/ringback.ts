/** What the caller hears while somebody is rung. */
import type { CallAndBridgeParameters } from '../../sma/contract/action.ts';
import { NOTIFICATION } from '../notification.ts';
import { redactUrl } from '../redact-url.ts';
import type { Turn } from '../turn.ts';
import type { DialEdge, DialNumber, LaidOutVerb } from '../verb.ts';
import { s3Audio } from './s3-audio.ts';

/** For both Dials: the document of a ringback is asked for first, and its first Play is the tone. Without one they ring all the same. */
export const RINGBACK = {
  needs({ ringback }: DialNumber | DialEdge) {
    return ringback && 'url' in ringback ? { target: ringback, purpose: 'ringback' as const } : undefined;
  },

  given<Dial extends DialNumber | DialEdge>(
    verb: Dial,
    brought: readonly LaidOutVerb[] | undefined,
    turn: Turn,
  ): Dial {
    const { ringback: _, ...silent } = verb;
    const play = brought?.find(each => each.verb === 'Play');
    const fault = brought && faultOf(brought, play?.audio);
    const url = play && redactUrl(play.url);
    if (fault) turn.notify(NOTIFICATION.notAudio, 'warning', `While it rings, ${fault}`, url);
    return {
      ...(silent as Dial),
      ...(play?.audio && 'bucket' in play.audio && { ringback: play.audio }),
    };
  },
};

/** The tone's parameter; none where nothing is to be heard but what the voice service has. */
export function ringbackTone({
  ringback,
}: DialNumber | DialEdge): Pick<CallAndBridgeParameters, 'RingbackTone'> {
  return ringback && 'bucket' in ringback ? { RingbackTone: s3Audio(ringback) } : {};
}

function faultOf(
  brought: readonly LaidOutVerb[],
  audio: { bucket: string } | { error: string } | undefined,
): string | undefined {
  if (audio === undefined) return 'the caller hears nothing of a document without a Play.';
  if ('error' in audio) return `the caller hears no audio: ${audio.error}`;
  return brought.length > 1
    ? 'the caller hears the first Play of its document, and nothing else.'
    : undefined;
}
