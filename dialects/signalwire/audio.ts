/** What was measured of a leg's sound, in the platform's words: the RTP statistics of FreeSWITCH under other names. */
import type { MediaFigures } from '../../core/media-figures.ts';
import type { Pairs } from '../dialect.ts';

/** What is said of a leg that nobody has measured: the best score that the platform gives. */
const UNMEASURED_MOS = 4.5;

/** A count, or milliseconds; what was not measured is told as 0. */
const whole = (figure = 0): string => String(Math.round(figure));

/** Two decimals, as FreeSWITCH writes it. */
export const opinionScore = ({ mos = UNMEASURED_MOS }: Partial<MediaFigures>): string => mos.toFixed(2);

/** Each parameter, and what it tells. */
const AUDIO_PARAMETERS: readonly (readonly [name: string, told: (media: Partial<MediaFigures>) => string])[] =
  [
    ['AudioInAveragePtime', media => whole(media.averagePacketMs)],
    ['AudioInDtmfPacketCount', media => whole(media.keyPacketsReceived)],
    ['AudioInFlushPacketCount', media => whole(media.packetsLate)],
    ['AudioInJitterMaxVariance', media => whole(media.jitterMaxMs ?? media.jitterMs)],
    ['AudioInJitterMinVariance', media => whole(media.jitterMinMs ?? media.jitterMs)],
    ['AudioInLargestJbSize', media => whole(media.largestJitterBufferPackets)],
    ['AudioInMos', opinionScore],
    ['AudioInMediaPacketCount', media => whole(media.packetsReceived)],
    ['AudioInSkipPacketCount', media => whole(media.packetsLost)],
    ['AudioOutDtmfPacketCount', media => whole(media.keyPacketsSent)],
    ['AudioOutMediaPacketCount', media => whole(media.packetsSent)],
  ];

export function audioParameters(media: MediaFigures | undefined): Pairs {
  return AUDIO_PARAMETERS.map(([name, told]) => [name, told(media ?? {})]);
}
