import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Health {
  readonly port: number;
  close(): Promise<void>;
}

/** Answers `GET /healthz` for the load balancer: 200 while `state` is `ok`, else 503. */
export async function serveHealth(
  at: { readonly address: string; readonly port: number },
  state: () => 'ok' | 'starting' | 'draining' | 'no commands',
): Promise<Health> {
  const server = createServer((request, response) => {
    const isHealth = request.url === '/healthz' && request.method === 'GET';
    const now = state();
    response.writeHead(isHealth ? (now === 'ok' ? 200 : 503) : 404, { 'content-type': 'text/plain' });
    response.end(isHealth ? `${now}\n` : 'Not found\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.address, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
