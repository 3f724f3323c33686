import type { SipRequest } from '../message/message.ts';
import { validate } from '../message/validate.ts';
import { capabilityHeaders, EXTENSIONS, METHODS } from '../session/capabilities.ts';
import { IncomingRequest } from '../session/incoming-request.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import type { Stack } from './stack.ts';

/** Bodies of an INVITE that we read, and that we answer it with (RFC 3261 §8.2.3, §13.3.1). */
const invitationBodies = {
  contentTypes: ['application/sdp', 'multipart/mixed', 'multipart/alternative', 'multipart/related'],
  answerTypes: ['application/sdp'],
};

/** Checks a request outside any dialog (RFC 3261 §8.2). True if it was refused. */
export function isRefused(
  stack: Stack,
  transaction: ServerTransaction,
  request: SipRequest,
  anyMethod: boolean,
): boolean {
  const verdict = validate(request, {
    schemes: ['sip', 'sips', 'tel'],
    extensions: EXTENSIONS,
    ...(anyMethod ? {} : { methods: METHODS }),
    ...(request.method === 'INVITE' ? invitationBodies : {}),
  });
  if (verdict.action !== 'respond') return false;
  const { status, reason, headers } = verdict;
  new IncomingRequest(transaction, request, stack.token()).respond(status, { reason, headers });
  return true;
}

/** Answers a request that belongs to no dialog: with a status, or by its handler, or as RFC 3261 §11 and §8.2.1 say. */
export function answerOutside(
  stack: Stack,
  transaction: ServerTransaction,
  request: SipRequest,
  how: number | ((incoming: IncomingRequest) => void) | undefined,
): void {
  const incoming = new IncomingRequest(transaction, request, stack.token());
  if (typeof how === 'number') incoming.respond(how);
  else if (how !== undefined) how(incoming);
  else if (request.method === 'OPTIONS')
    incoming.respond(200, { headers: [...capabilityHeaders, ['Accept', 'application/sdp']] });
  // All that is left belongs to dialogs.
  else incoming.respond(481);
}
