import type { SipMessage } from '../message/message.ts';

export const SDP_TYPE = 'application/sdp';

/** The session description in a message's body, as text; undefined for an empty body or one of another type. */
export function sdpOf(message: SipMessage): string | undefined {
  if (message.body.length === 0 || message.contentType?.essence !== SDP_TYPE) return undefined;
  return Buffer.from(message.body.buffer, message.body.byteOffset, message.body.length).toString();
}

/** The body of a message that carries a session description, or none. */
export function sdpBody(sdp: string | undefined): { contentType?: string; body?: string } {
  return sdp === undefined ? {} : { contentType: SDP_TYPE, body: sdp };
}
