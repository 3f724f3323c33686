import { systemClock } from '../../sip/clock.ts';
import { systemRandom } from '../../sip/random.ts';
import { errorFields, type Log } from '../log.ts';
import { edgeMedia, engineAddress } from '../media/edge-media.ts';
import type { MediaPlane } from '../media-plane.ts';
import type { TargetGuard } from '../target-guard.ts';
import type { ProcessSettings } from './settings.ts';

/** Whether an rtpengine is on this machine. */
export function isBeside(rtpengine: string): boolean {
  const { host } = engineAddress(rtpengine);
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** What the settings offer for media that cannot flow past the edge. `address`: where the world sends it; `targets`: where it may go. */
export function mediaOf(
  settings: ProcessSettings,
  { address, targets, log }: { address: string | undefined; targets: TargetGuard; log: Log },
): MediaPlane {
  const { mediaPorts: ports, rtpengine } = settings;
  return edgeMedia({
    targets,
    clock: systemClock,
    random: systemRandom,
    relay: ports && {
      address: settings.listenAddress,
      advertisedAddress: address,
      ports,
      onLost: error => log('warn', 'A call has lost its media.', errorFields(error)),
    },
    rtpengine:
      rtpengine === undefined
        ? undefined
        : // One on this machine has the machine's public address, and was not told it when it was started.
          { address: rtpengine, advertisedAddress: isBeside(rtpengine) ? address : undefined },
  });
}
