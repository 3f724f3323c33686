import { systemClock } from '../../sip/clock.ts';
import { systemRandom } from '../../sip/random.ts';
import { errorFields, type Log } from '../log.ts';
import { anchoredMedia } from '../media/anchored.ts';
import { chosenMedia } from '../media/choose.ts';
import { rtpengineMedia } from '../media/rtpengine/rtpengine.ts';
import type { MediaPlane } from '../media-plane.ts';
import type { ProcessSettings } from './settings.ts';

/** What the settings offer for media that cannot flow past the edge. `address`: where the world sends it. */
export function mediaOf(settings: ProcessSettings, address: string | undefined, log: Log): MediaPlane {
  const { mediaPorts: ports, rtpengine } = settings;
  const given = { clock: systemClock, random: systemRandom };
  return chosenMedia({
    relay:
      ports &&
      anchoredMedia({
        ...given,
        address: settings.listenAddress,
        advertisedAddress: address,
        ports,
        onLost: error => log('warn', 'A call has lost its media.', errorFields(error)),
      }),
    rtpengine: rtpengine && rtpengineMedia({ ...given, ...rtpengine }),
  });
}
