import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SIGNATURE_HEADER, verify } from '../../dialects/datatechlabs/signature.ts';

/** A status callback as the customer's server got it. */
export interface ReceivedCallback {
  atMs: number;
  requestId: string;
  leg: 'A' | 'B';
  event: string;
  state: string;
  sequenceNumber: number;
  sipCode?: number;
  /** The signature was made with the account's auth token, for just this URL and body. */
  genuine: boolean;
}

export interface CustomerServer {
  /** Where status callbacks go. */
  readonly callbackUrl: string;
  readonly received: readonly ReceivedCallback[];
  close(): Promise<void>;
}

/** The customer of the demo: a server that takes status callbacks and checks their signatures. */
export async function startCustomerServer(
  authToken: string,
  onCallback: (callback: ReceivedCallback) => void,
): Promise<CustomerServer> {
  const received: ReceivedCallback[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const url = `http://${request.headers.host}${request.url}`;
    const header = String(request.headers[SIGNATURE_HEADER] ?? '');
    const nowMs = Date.now();
    const { request_id, leg, event, state, sequence_number, sip_code } = JSON.parse(body);
    const callback: ReceivedCallback = {
      atMs: nowMs,
      requestId: request_id,
      leg,
      event,
      state,
      sequenceNumber: sequence_number,
      ...(sip_code !== undefined && { sipCode: sip_code }),
      genuine: verify(header, { authToken, url, body, nowMs }),
    };
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
