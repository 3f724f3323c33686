import { createRequest } from '../message/create.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';

/**
 * The ACK of a refusal, which belongs to the INVITE's own transaction (RFC 3261 §17.1.1.3): its Request-URI, top
 * Via and routes, and the refusal's To.
 */
export function createAck(invite: SipRequest, refusal: SipResponse): SipRequest {
  return sibling(invite, 'ACK', refusal.headers.get('To'));
}

/** The CANCEL of a request (RFC 3261 §9.1): all but the method is the request's own, so that it finds the same hop. */
export function createCancel(invite: SipRequest, headers: Readonly<Record<string, string>> = {}): SipRequest {
  const cancel = sibling(invite, 'CANCEL', invite.headers.get('To'));
  for (const [name, value] of Object.entries(headers)) cancel.headers.set(name, value);
  return cancel;
}

function sibling(invite: SipRequest, method: string, to: string | undefined): SipRequest {
  return createRequest({
    method,
    uri: invite.uri,
    via: invite.headers.get('Via') ?? [],
    from: invite.headers.get('From') ?? '',
    to: to ?? '',
    callId: invite.headers.get('Call-ID') ?? '',
    cseq: invite.cseq?.number ?? 0,
    routes: invite.headers.all('Route'),
  });
}
