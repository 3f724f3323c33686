import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { childIndex, parseSid, rootSid } from '../../core/sid.ts';
import { SIGNATURE_HEADER, verify } from '../../dialects/own-signature.ts';
import { sign as signForm } from '../../dialects/signalwire/signature.ts';

/** A status callback as the customer's server got it. */
export interface ReceivedCallback {
  atMs: number;
  /** Of the call that it belongs to. */
  rootSid: string;
  /** `A` for the first leg, then `B1`, `B2`, … for those that it dialled. */
  leg: string;
  event: string;
  state: string;
  sequenceNumber: number;
  /** The signature was made with the account's auth token, for just this URL and body. */
  genuine: boolean;
}

export interface CustomerServer {
  /** Where status callbacks go. */
  readonly callbackUrl: string;
  readonly received: readonly ReceivedCallback[];
  close(): Promise<void>;
}

/** The customer of the demo: a server that takes status callbacks of either dialect, and checks their signatures. */
export async function startCustomerServer(
  authToken: string,
  onCallback: (callback: ReceivedCallback) => void,
): Promise<CustomerServer> {
  const received: ReceivedCallback[] = [];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const url = `http://${request.headers.host}${request.url}`;
    const isForm = request.headers['content-type'] === 'application/x-www-form-urlencoded';
    const callback = (isForm ? readForm : readJson)({ request, body, url, authToken, nowMs: Date.now() });
    received.push(callback);
    onCallback(callback);
    response.writeHead(204).end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    callbackUrl: `http://127.0.0.1:${port}/events`,
    received,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Received {
  request: IncomingMessage;
  body: string;
  url: string;
  authToken: string;
  nowMs: number;
}

/** A DataTechLabs callback. */
function readJson({ request, body, url, authToken, nowMs }: Received): ReceivedCallback {
  const { call_id, event, state, sequence_number } = JSON.parse(body);
  const header = String(request.headers[SIGNATURE_HEADER] ?? '');
  return {
    atMs: nowMs,
    ...placeOf(parseSid('CA', call_id) ?? ''),
    event,
    state,
    sequenceNumber: sequence_number,
    genuine: verify(header, { authToken, url, body, nowMs }),
  };
}

/** A SignalWire callback: `completed` is the event, and how it ended the status. */
function readForm({ request, body, url, authToken, nowMs }: Received): ReceivedCallback {
  const form = new URLSearchParams(body);
  const status = form.get('CallStatus') ?? '';
  return {
    atMs: nowMs,
    ...placeOf(form.get('CallSid') ?? ''),
    event: form.has('CallDuration') ? 'completed' : status,
    state: status,
    sequenceNumber: Number(form.get('SequenceNumber')),
    genuine: request.headers['x-signalwire-signature'] === signForm(authToken, url, [...form]),
  };
}

function placeOf(callSid: string): Pick<ReceivedCallback, 'rootSid' | 'leg'> {
  const index = childIndex(callSid);
  return { rootSid: rootSid(callSid), leg: index === 0 ? 'A' : `B${index}` };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
