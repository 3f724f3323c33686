import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CHIME_VOICE_PATH, createChimeVoiceListener } from '../../sma/http/chime-voice.ts';
import { createRouteListener, RequestError, type Route } from '../../sma/http/routes.ts';
import { handsetErrorAnswer, handsetRoutes } from '../../sma/network/handset-listener.ts';
import type { Handsets } from '../../sma/network/handsets.ts';
import type { SmaRuntime } from '../../sma/runtime.ts';
import type { Timeline } from './timeline.ts';
import { UserError } from './user-error.ts';

export interface ToolServerSettings {
  runtime: SmaRuntime;
  handsets: Handsets;
  timeline: Timeline;
  /** What `GET /_local/info` answers. */
  info: () => object;
}

/** The API of the service, and under `/_local/` the handsets, the timeline and what the tool knows of itself. */
export function createToolServer({ runtime, handsets, timeline, info }: ToolServerSettings): Server {
  const routes: Route[] = [
    ...handsetRoutes(handsets),
    { method: 'GET', path: '/_local/info', handle: () => ({ status: 200, body: info() }) },
    {
      method: 'GET',
      path: '/_local/timeline',
      handle: () => ({ status: 200, body: { entries: timeline.entries } }),
    },
    {
      method: 'GET',
      path: '/_local/calls/{transactionId}',
      handle: ({ params: { transactionId = '' } }) => {
        const entries = timeline.of(transactionId);
        if (entries.length === 0) throw new RequestError(404, `There is no call ${transactionId}.`);
        return { status: 200, body: { transactionId, entries } };
      },
    },
  ];
  const local = createRouteListener({ routes, onError: handsetErrorAnswer });
  const service = createChimeVoiceListener(runtime);
  return createServer((request, response) => {
    const isService = request.url?.startsWith(CHIME_VOICE_PATH) === true;
    void (isService ? service : local)(request, response);
  });
}

/** Listens on loopback; returns the port. Throws `UserError` when it is taken. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((fulfil, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason =
        cause.code === 'EADDRINUSE'
          ? `Port ${port} is taken: stop what uses it, or set DIALPLANE_PORT to another port (0 is any free one).`
          : `Port ${port} cannot be used (${cause.code}): set DIALPLANE_PORT to another port.`;
      reject(new UserError(reason, { cause }));
    });
    server.listen(port, '127.0.0.1', () => fulfil((server.address() as AddressInfo).port));
  });
}
