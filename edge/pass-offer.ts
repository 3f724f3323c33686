import type { Session } from '../sip/user-agent.ts';
import { type MediaPath, OTHER, type Side } from './media-plane.ts';
import { toldAfter } from './origin.ts';

export interface PassedOffer {
  readonly path: MediaPath;
  readonly from: Side;
  readonly sdp: string;
  /** Of the other side. */
  readonly to: Session;
  readonly isUpdate?: boolean;
  /** How often it is offered again after a glare; an offer of a peer goes back to it instead. */
  readonly glareRetries?: number;
}

/**
 * Offers what one side says to the other, and gives back the other's answer as the first is to be told.
 * @throws SdpRefused, SessionError
 */
export async function passOffer({ path, from, sdp, to, ...how }: PassedOffer): Promise<string> {
  const told = toldAfter(to.sentSdp, await path.pass(from, 'offer', sdp));
  const { isUpdate, glareRetries } = how;
  // RFC 3311 §5.2: an UPDATE is answered at once, so it goes on as one where the other side takes it.
  const asked =
    isUpdate && to.core.peerAllows('UPDATE')
      ? to.update({ sdp: told, glareRetries })
      : to.reinvite({ sdp: told, glareRetries });
  await asked.catch((error: unknown) => {
    path.withdraw?.();
    throw error;
  });
  return path.pass(OTHER[from], 'answer', to.remoteSdp ?? '');
}
