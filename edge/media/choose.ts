import type { Codec } from '../../core/sip-target.ts';
import {
  ConversionMissing,
  directMedia,
  type MediaPath,
  type MediaPlane,
  type MediaReception,
  type MediaRequest,
} from '../media-plane.ts';
import { audioOf, codecsIn, isSecure, parseSdp } from '../sdp.ts';
import { RELAYED } from './audio-description.ts';

export interface MediaPlanes {
  /** The edge's own relay, for PCMU and PCMA. */
  readonly relay?: MediaPlane | undefined;
  /** For everything else. */
  readonly rtpengine?: MediaPlane | undefined;
}

type Name = keyof MediaPlanes | 'direct';

/**
 * One plane for each call. Media flows past the edge where the target is offered PCMU first, and is not behind a NAT; through the edge's relay where it
 * is offered nothing but PCMU and PCMA; through rtpengine for other codecs and for encryption. A list that nobody here could
 * keep the promise of is refused before anybody is called.
 */
export function chosenMedia(planes: MediaPlanes): MediaPlane {
  const named = (name: Name): MediaPlane | undefined => (name === 'direct' ? directMedia : planes[name]);

  return {
    open(request) {
      const plane = named(planeFor(request, planes));
      if (plane === undefined) return Promise.reject(missing(request, planes));
      return plane.open(request);
    },

    async receive(reception) {
      const name = planeForCaller(reception, planes);
      const plane = named(name);
      if (plane === undefined)
        throw new ConversionMissing('What the caller offers', `Its media needs ${REMEDY[name]}.`);
      return plane.receive(reception);
    },

    /** Where its plane is not configured any more, the call goes on without sound. */
    restore(snapshot, codecs): MediaPath {
      const { plane = 'direct' } = (snapshot ?? {}) as { plane?: Name };
      return (named(plane) ?? directMedia).restore(snapshot, codecs);
    },
  };
}

function planeFor({ codecs, srtp, hearKeys, behindNat }: MediaRequest, planes: MediaPlanes): Name {
  const isRelayed = codecs.every(codec => RELAYED.some(name => name === codec));
  if (srtp) return 'rtpengine';
  if (codecs[0] === 'PCMU') {
    if (isRelayed) return (hearKeys || behindNat) && planes.relay ? 'relay' : 'direct';
    return behindNat && planes.rtpengine ? 'rtpengine' : 'direct';
  }
  return isRelayed ? 'relay' : 'rtpengine';
}

const REMEDY: Readonly<Record<Name, string>> = {
  direct: 'nothing',
  relay: 'the media relay',
  rtpengine: 'rtpengine',
};

/** The least that the caller's offer needs: whatever can be agreed on without a conversion is. @throws SdpRefused */
function planeForCaller({ offer, behindNat }: MediaReception, { relay, rtpengine }: MediaPlanes): Name {
  const sdp = parseSdp(offer);
  const codecs = codecsIn(sdp);
  if (isSecure(audioOf(sdp))) return 'rtpengine';
  if (codecs.includes('PCMU')) {
    if (!behindNat) return 'direct';
    return relay ? 'relay' : rtpengine ? 'rtpengine' : 'direct';
  }
  return codecs.includes('PCMA') && relay ? 'relay' : 'rtpengine';
}

function missing(request: MediaRequest, planes: MediaPlanes): ConversionMissing {
  const { codecs, srtp } = request;
  if (srtp) return new ConversionMissing('Encrypted media (SRTP)', 'Configure rtpengine.');
  const [what, remedy] =
    planeFor(request, planes) === 'relay'
      ? [codecs, 'Put PCMU first, or configure the media relay.']
      : [codecs.filter(isForeign), 'Put PCMU first, or configure rtpengine.'];
  return new ConversionMissing(`The codec list ${codecs.join(', ')} (${what.join(', ')})`, remedy);
}

const isForeign = (codec: Codec): boolean => !RELAYED.some(name => name === codec);
