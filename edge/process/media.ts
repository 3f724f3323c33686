import { systemClock } from '../../sip/clock.ts';
import { systemRandom } from '../../sip/random.ts';
import { errorFields, type Log } from '../log.ts';
import { edgeMedia } from '../media/edge-media.ts';
import type { MediaPlane } from '../media-plane.ts';
import type { ProcessSettings } from './settings.ts';

/** What the settings offer for media that cannot flow past the edge. `address`: where the world sends it. */
export function mediaOf(settings: ProcessSettings, address: string | undefined, log: Log): MediaPlane {
  const { mediaPorts: ports, rtpengine } = settings;
  return edgeMedia({
    clock: systemClock,
    random: systemRandom,
    relay: ports && {
      address: settings.listenAddress,
      advertisedAddress: address,
      ports,
      onLost: error => log('warn', 'A call has lost its media.', errorFields(error)),
    },
    rtpengine,
  });
}
