/** A real SIP endpoint on this machine: it rings, and does what it was told to. */

import { SipRequest } from '../sip/message/message.ts';
import { parseMessage } from '../sip/message/parse.ts';
import type { Transport } from '../sip/transport/transport.ts';
import { withReceiver } from '../sip/transport/with-receiver.ts';
import {
  createUserAgent,
  type IncomingInvitation,
  type InviteOptions,
  type Session,
  udp,
} from '../sip/user-agent.ts';

const HERE = '127.0.0.1';
const RING_MS = 400;

export type SipPhoneScript = { answersAfterMs: number } | { refusesWith: number } | 'rings on';

export interface SipPhone {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Every request that reached it, retransmissions included. */
  readonly requests: readonly SipRequest[];
  /** Calls an address. Resolves once it is answered. @throws SessionError when it is refused */
  call(uri: string, options: Omit<InviteOptions, 'sdp'>): Promise<Session>;
  hangUp(): void;
  close(): Promise<void>;
}

/** @param onRequest hears of each request once: INVITE, UPDATE, CANCEL, BYE … */
export async function startSipPhone(
  name: string,
  script: SipPhoneScript,
  onRequest: (phone: string, request: SipRequest) => void,
): Promise<SipPhone> {
  const requests: SipRequest[] = [];
  const seen = new Set<string>();
  const listener = udp({ address: HERE, port: 0 });
  const agent = createUserAgent({
    name,
    transports: [
      tapped(listener, request => {
        requests.push(request);
        const key = `${request.callId} ${request.cseq?.number} ${request.method}`;
        if (request.method !== 'ACK' && !seen.has(key)) onRequest(name, request);
        seen.add(key);
      }),
    ],
  });
  let session: Session | undefined;
  agent.onInvite = invitation => {
    if (typeof script === 'object' && 'refusesWith' in script) return invitation.reject(script.refusesWith);
    invitation.progress(180);
    if (typeof script === 'object') {
      setTimeout(() => {
        if (invitation.state === 'open') session = accept(invitation, listener.local.port);
      }, RING_MS + script.answersAfterMs);
    }
  };
  await agent.start();
  return {
    name,
    host: HERE,
    port: listener.local.port,
    requests,
    async call(uri, options) {
      session = await agent.invite(uri, { ...options, sdp: description(listener.local.port) }).answered;
      return session;
    },
    hangUp: () => session?.bye(),
    close: () => agent.close(),
  };
}

function accept(invitation: IncomingInvitation, port: number): Session {
  const sdp = description(port);
  const session = invitation.accept({ sdp });
  session.onOffer = offer => offer.accept(sdp);
  return session;
}

/** PCMU and telephone-event. It is about signalling: nobody listens for the sound. */
const description = (port: number) =>
  [
    'v=0',
    `o=- ${port} 1 IN IP4 ${HERE}`,
    's=-',
    `c=IN IP4 ${HERE}`,
    't=0 0',
    `m=audio ${port} RTP/AVP 0 101`,
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    '',
  ].join('\r\n');

function tapped(transport: Transport, onRequest: (request: SipRequest) => void): Transport {
  return withReceiver(transport, receiver => ({
    message(bytes, flow) {
      const message = bytes.length > 4 ? parsed(bytes) : undefined;
      if (message instanceof SipRequest) onRequest(message);
      receiver.message(bytes, flow);
    },
    refused: (head, status, flow) => receiver.refused(head, status, flow),
    isNeeded: flow => receiver.isNeeded(flow),
    closed: (flow, error) => receiver.closed(flow, error),
  }));
}

/** RTP may stray here as well: what is no SIP is not the tap's business. */
function parsed(bytes: Buffer) {
  try {
    return parseMessage(bytes);
  } catch {
    return undefined;
  }
}
