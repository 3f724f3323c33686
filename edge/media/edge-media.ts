import { isSomePort } from '../../sip/uri/host.ts';
import type { MediaPlane } from '../media-plane.ts';
import { type AnchoredMediaOptions, anchoredMedia } from './anchored.ts';
import { chosenMedia } from './choose.ts';
import { rtpengineMedia } from './rtpengine/rtpengine.ts';

type Shared = Pick<AnchoredMediaOptions, 'targets' | 'clock' | 'random'>;

export interface EdgeMediaOptions extends Shared {
  /** Without it the edge converts nothing itself. */
  readonly relay?: Omit<AnchoredMediaOptions, keyof Shared> | undefined;
  /**
   * `host:port` or `udp://host:port` of its ng protocol; and where both sides send it media, if that is not the address that it was
   * started with.
   */
  readonly rtpengine?:
    | { readonly address: string; readonly advertisedAddress?: string | undefined }
    | undefined;
}

/**
 * All that an edge can do with media.
 *
 * ```ts
 * const relay = { address: '0.0.0.0', advertisedAddress: '203.0.113.7', ports };
 * createEdge({ targets, media: edgeMedia({ relay, targets, clock, random }), … })
 * ```
 *
 * @throws TypeError when the engine's address does not read
 */
export function edgeMedia({ relay, rtpengine, ...shared }: EdgeMediaOptions): MediaPlane {
  return chosenMedia({
    relay: relay && anchoredMedia({ ...relay, ...shared }),
    rtpengine:
      rtpengine &&
      rtpengineMedia({
        ...engineAddress(rtpengine.address),
        advertisedAddress: rtpengine.advertisedAddress,
        ...shared,
      }),
  });
}

/** @throws TypeError */
export function engineAddress(text: string): { host: string; port: number } {
  const match = /^(?:udp:(?:\/\/)?)?(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(text);
  const [, ip6, name, port] = match ?? [];
  const host = ip6 ?? name;
  if (host === undefined || !isSomePort(Number(port)))
    throw new TypeError(`"${text}" is no address of rtpengine; write it as 127.0.0.1:22222.`);
  return { host, port: Number(port) };
}
