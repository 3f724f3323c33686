/** Where the benchmark's calls are made: a platform on virtual time, and a customer's server that answers at once. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EagerClock } from '../local/clock/eager-clock.ts';
import { createPlatform, type Platform, type PlatformOptions } from '../local/platform.ts';

export interface Stage {
  platform: Platform;
  clock: EagerClock;
  customerUrl: string;
  /** What the customer's server answers, by path; 204 elsewhere. */
  documents: Record<string, string>;
  /** Requests that the customer's server got. */
  readonly requests: string[];
  /** A request to the API. Throws for an answer that is not 2xx. */
  api<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T>;
  close(): Promise<void>;
}

export async function createStage(options: PlatformOptions = {}): Promise<Stage> {
  const documents: Record<string, string> = {};
  const requests: string[] = [];
  const customer = createServer(async (request, response) => {
    for await (const _ of request);
    const path = request.url ?? '/';
    requests.push(path);
    const document = documents[path];
    if (document === undefined) response.writeHead(204).end();
    else response.writeHead(200, { 'content-type': 'application/xml' }).end(document);
  });
  await new Promise<void>(resolve => customer.listen(0, '127.0.0.1', resolve));
  const clock = new EagerClock();
  const platform = await createPlatform({ clock, ...options });
  const { accountSid, authToken } = platform.info;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;

  return {
    platform,
    clock,
    customerUrl: `http://127.0.0.1:${(customer.address() as AddressInfo).port}`,
    documents,
    requests,
    async api<T>(method: 'GET' | 'POST', path: string, body?: object) {
      const response = await fetch(platform.url + path, {
        method,
        headers: { authorization, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    },
    async close() {
      await platform.close();
      customer.closeAllConnections();
      await new Promise(resolve => customer.close(resolve));
    },
  };
}
