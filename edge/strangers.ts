import { capabilityHeaders, METHODS } from '../sip/session/capabilities.ts';
import type { IncomingRequest } from '../sip/user-agent.ts';

/** Methods that mean something only in a dialog. */
const OF_DIALOGS: ReadonlySet<string> = new Set([
  'ACK',
  'BYE',
  'CANCEL',
  'INFO',
  'NOTIFY',
  'PRACK',
  'REFER',
  'UPDATE',
]);

/** Answers a request that belongs to no call: OPTIONS by what we can (RFC 3261 §11.2), anything else by a refusal. */
export function answerStranger(incoming: IncomingRequest): void {
  const { method } = incoming.request;
  if (method === 'OPTIONS')
    incoming.respond(200, { headers: [...capabilityHeaders, ['Accept', 'application/sdp']] });
  else if (OF_DIALOGS.has(method)) incoming.respond(481);
  else incoming.respond(405, { headers: { Allow: METHODS.join(', ') } });
}
