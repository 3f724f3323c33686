import type { SipMessage, SipRequest, SipResponse } from '../message/message.ts';

/** What names the client transaction of a response (RFC 3261 §17.1.3): its branch and the method of its CSeq. */
export function clientKey(message: SipMessage): string | undefined {
  return branchKey(message.via?.branch, message.cseq?.method);
}

/** The name of a client transaction from its parts. */
export function branchKey(branch: string | undefined, method: string | undefined): string | undefined {
  return branch === undefined || method === undefined ? undefined : `${branch.toLowerCase()}|${method}`;
}

/**
 * What names the server transaction of a request (RFC 3261 §17.2.3): branch, sent-by and method, where an ACK or
 * a CANCEL looks for the INVITE's. Before RFC 3261 there were no such branches; then it is everything that a
 * retransmission and an ACK have in common with their request.
 */
export function serverKey(request: SipRequest, method = request.method): string {
  const { via } = request;
  const kind = method === 'ACK' ? 'INVITE' : method;
  if (via?.hasRfc3261Branch) {
    const sentBy = `${via.host.toLowerCase()}:${via.port ?? ''}`;
    return `${via.branch?.toLowerCase()}|${sentBy}|${kind}`;
  }
  const parts = [
    request.uri,
    request.from?.tag,
    request.callId,
    request.cseq?.number,
    request.headers.get('Via'),
    kind,
  ];
  return parts.join('|');
}

/**
 * What two copies of one request that came by different ways have in common (RFC 3261 §8.2.2.2). Only requests
 * outside a dialog can be merged.
 */
export function mergeKey(request: SipRequest): string | undefined {
  if (request.to?.tag !== undefined || request.method === 'ACK' || request.method === 'CANCEL')
    return undefined;
  return `${request.from?.tag}|${request.callId}|${request.cseq}`;
}

/** Whether a response can be ours at all: UACs drop what has more than their own Via (RFC 3261 §8.1.3.3). */
export function isForUs(response: SipResponse): boolean {
  return response.vias.length === 1;
}
