/**
 * The barest B2BUA on the npm package `sip`, in a process of its own: it calls its one target for every INVITE, passes
 * on 180, 200, ACK and BYE, and looks at nothing else.
 */
import { createRequire } from 'node:module';

/** What of the package is used: it brings no types. */
interface Message {
  readonly method?: string;
  readonly uri?: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: Record<string, unknown> & {
    readonly to: Party;
    readonly from: Party;
    readonly 'call-id': string;
    readonly contact?: readonly { readonly uri: string }[];
  };
  content?: string;
}

interface Party {
  readonly uri: string;
  params: Readonly<Record<string, string>>;
}

interface Sip {
  create(options: object, received: (message: Message) => void): { send: Send };
  makeResponse(request: Message, status: number, reason: string): Message;
}

type Send = (message: object, answered?: (response: Message) => void) => void;

/** How a leg is addressed from our side. */
interface Leg {
  readonly uri: string;
  readonly to: Party;
  readonly from: Party;
  readonly callId: string;
}

const { create, makeResponse } = createRequire(import.meta.url)('sip') as Sip;
const { env } = process;
const address = '127.0.0.1';
const port = Number(env['PORT']);
const target = `sip:bench@${address}:${env['TARGET_PORT']}`;
const contact = [{ uri: `sip:b2bua@${address}:${port}` }];
/** The leg that calls us, by its Call-ID: the other one. */
const others = new Map<string, Leg>();
let count = 0;

// By another name than that of its targets, which it would else take for itself.
const { send } = create({ address, port, publicAddress: 'localhost', tcp: false }, message => {
  if (message.method === 'INVITE') invited(message);
  else if (message.method === 'BYE') ended(message);
  else if (message.method !== 'ACK') send(makeResponse(message, 405, 'Method Not Allowed'));
});

function invited(invite: Message): void {
  const n = ++count;
  const from = { uri: `sip:b2bua@${address}`, params: { tag: `o${n}` } };
  const callId = `b2bua-${n}`;
  const tag = `i${n}`;
  const request = {
    method: 'INVITE',
    uri: target,
    headers: {
      to: { uri: target },
      from,
      'call-id': callId,
      cseq: { method: 'INVITE', seq: 1 },
      contact,
      'content-type': 'application/sdp',
    },
    content: invite.content,
  };
  send(request, response => {
    if (response.status === 100) return;
    const passed = makeResponse(invite, response.status, response.reason);
    passed.headers.to.params = { ...invite.headers.to.params, tag };
    if (response.status === 200) {
      const uri = response.headers.contact?.[0]?.uri ?? target;
      const leg = { uri, to: response.headers.to, from, callId };
      send(inDialog(leg, 'ACK', 1));
      others.set(invite.headers['call-id'], leg);
      Object.assign(passed.headers, { 'content-type': 'application/sdp' });
      passed.content = response.content ?? '';
    }
    Object.assign(passed.headers, { contact });
    send(passed);
  });
}

function ended(bye: Message): void {
  const callId = bye.headers['call-id'];
  const leg = others.get(callId);
  others.delete(callId);
  send(makeResponse(bye, 200, 'OK'));
  if (leg) send(inDialog(leg, 'BYE', 2), () => {});
}

function inDialog({ uri, to, from, callId }: Leg, method: string, seq: number): object {
  return { method, uri, headers: { to, from, 'call-id': callId, cseq: { method, seq }, via: [] } };
}

process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.exit());
