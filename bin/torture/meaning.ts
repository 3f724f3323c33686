import type { SipMessage } from '../../sip/message/message.ts';

/** Everything that a message says, as one text: two messages that say the same give the same. */
export function meaningOf(message: SipMessage): string {
  const { vias, from, to, callId, cseq, contacts, maxForwards, routes, recordRoutes, contentType } = message;
  const read = [vias, from, to, [callId], cseq, contacts, [maxForwards], routes, recordRoutes, contentType];
  const raw = [...message.headers].filter(([name]) => !/^(content-length|l)$/i.test(name));
  return JSON.stringify([
    message.startLine,
    raw,
    read.map(String),
    Buffer.from(message.body).toString('latin1'),
  ]);
}
