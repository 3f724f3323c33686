import { inAnswerTo } from './direction.ts';
import type { MediaPath } from './media-plane.ts';
import { type MediaSection, parseSdp, type Sdp, SdpRefused, sameFormat, writeSdp } from './sdp.ts';

/** A description of a target, and as the inside leg is to be told it. */
export interface Heard {
  readonly sdp: string;
  readonly told: string;
  /** It was no answer, but an offer of its own. */
  readonly isOffer?: boolean;
}

export interface EarlyOffer {
  /** What the target is answered. */
  readonly answer: string;
  /** Where the inside leg is there to be told of it. */
  readonly heard: Heard | undefined;
}

/**
 * Answers a target that offers something else before it answers the call (UPDATE, RFC 3311 §5.1). Nobody is asked: the INVITE of the
 * inside leg has no answer yet, so that nothing could be offered there, and it has said where it is.
 *
 * @param inside its description, where it is there
 * @throws SdpRefused
 */
export async function answerEarlyOffer(
  path: MediaPath,
  sdp: string,
  inside: string | undefined,
): Promise<EarlyOffer> {
  if (inside !== undefined) {
    const told = await path.pass('outside', 'offer', sdp);
    return { answer: await answered(path, told, inside), heard: { sdp, told, isOffer: true } };
  }
  if (!path.blackHole) throw new SdpRefused('The other side is not there yet.');
  return { answer: await answered(path, sdp, path.offer), heard: undefined };
}

async function answered(path: MediaPath, offer: string, own: string): Promise<string> {
  try {
    return await path.pass('inside', 'answer', writeSdp(answerTo(parseSdp(offer), parseSdp(own))));
  } catch (error) {
    path.withdraw?.();
    throw error;
  }
}

/** What somebody of that description answers, asked for no more than it has said: of its formats those that are offered. */
function answerTo(offer: Sdp, own: Sdp): Sdp {
  if (offer.media.length !== own.media.length)
    throw new SdpRefused('It has more media, or less, than before.');
  const media = own.media.map((section, at) => {
    const { port, formats } = offer.media[at] as MediaSection;
    if (port === '0') return { ...section, port };
    const common = section.formats.filter(({ map }) => formats.some(offered => sameFormat(map, offered.map)));
    if (common.length === 0) throw new SdpRefused('It has no codec of those from before.');
    return { ...section, formats: common };
  });
  return inAnswerTo(offer, { ...own, media });
}
