import type { SipMessage } from '../message/message.ts';
import { bodyParts } from './multipart.ts';

export const SDP_TYPE = 'application/sdp';

/**
 * The session description in a message's body, as text, also where it is one part of several (RFC 5621 §4);
 * undefined for an empty body or one of another type.
 */
export function sdpOf(message: SipMessage): string | undefined {
  const { body, contentType } = message;
  if (body.length === 0 || contentType === undefined) return undefined;
  if (contentType.essence === SDP_TYPE) return textOf(body);
  const boundary = contentType.type === 'multipart' ? contentType.params.get('boundary') : undefined;
  if (boundary === undefined) return undefined;
  return bodyParts(textOf(body), boundary).find(part => part.type === SDP_TYPE)?.content;
}

/** The body of a message that carries a session description, or none. */
export function sdpBody(sdp: string | undefined): { contentType?: string; body?: string } {
  return sdp === undefined ? {} : { contentType: SDP_TYPE, body: sdp };
}

function textOf(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.length).toString();
}
