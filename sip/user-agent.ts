import { UserAgent } from './user-agent/agent.ts';
import type { UserAgentOptions } from './user-agent/options.ts';

/**
 * Makes a user agent (RFC 3261 §8). It shares nothing with others in the process; `start` opens its listeners.
 *
 * ```ts
 * const agent = createUserAgent({ transports: [udp({ address: '127.0.0.1', port: 5060 })] });
 * agent.onInvite = invitation => invitation.accept({ sdp: answer });
 * await agent.start();
 * const session = await agent.invite('sip:bob@192.0.2.4', { sdp: offer }).answered;
 * session.bye();
 * ```
 */
export function createUserAgent(options: UserAgentOptions): UserAgent {
  return new UserAgent(options);
}

export type { Clock } from './clock.ts';
export { SessionError } from './dialog/errors.ts';
export { DigestServer } from './digest/server.ts';
export type { Doorkeeper, Refusal } from './doorkeeper.ts';
export type { Binding } from './registrar/bindings.ts';
export {
  confirmation,
  holdFlow,
  type RegistrarLimits,
  register,
  registrarLimits,
} from './registrar/register.ts';
export { Registrar } from './registrar/registrar.ts';
export type { Registration } from './registrar/registration.ts';
export type { IncomingInvitation } from './session/incoming-invitation.ts';
export type { IncomingOffer } from './session/incoming-offer.ts';
export type { IncomingRequest } from './session/incoming-request.ts';
export type { OutgoingInvitation } from './session/outgoing-invitation.ts';
export type { IncomingReferral, Referral } from './session/referral.ts';
export { sdpOf } from './session/sdp.ts';
export type { Session } from './session/session.ts';
export type { SessionEnd, SessionSnapshot } from './session/session-types.ts';
export type { SessionTimerOptions } from './session-timer/session-timer.ts';
export { forwardedMaxForwards } from './transaction/loops.ts';
export { tcp } from './transport/tcp.ts';
export { tls } from './transport/tls.ts';
export { udp } from './transport/udp.ts';
export { udpAndTcp } from './transport/udp-and-tcp.ts';
export type { UserAgent } from './user-agent/agent.ts';
export type { InviteOptions, UserAgentOptions } from './user-agent/options.ts';
