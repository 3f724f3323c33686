import { request as httpRequest, type IncomingMessage } from 'node:http';
import { redactUrl } from '../core/redact-url.ts';
import { type Attempt, noTimings } from './attempt.ts';
import { BodyTooLargeError, ConnectionBrokenError, ProtocolError, TimeoutError, WebError } from './errors.ts';
import type { GuardedAgent, GuardedRequestArgs } from './guarded-agent.ts';
import { isRedirect, type Redirectable } from './redirect.ts';
import { hostOf, portOf } from './url.ts';

/** What one server answered to one request. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** One request and its answer over one connection, within the attempt's limits. */
export function exchange(
  url: URL,
  request: Redirectable,
  agent: GuardedAgent,
  attempt: Attempt,
): Promise<Answer> {
  const { clock, limits, signal, timings } = attempt;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const startedMs = clock.now();
  Object.assign(timings, noTimings);
  const shown = redactUrl(url);
  const options: GuardedRequestArgs = {
    agent,
    attempt,
    method: request.method,
    protocol: url.protocol,
    host: hostOf(url),
    port: portOf(url),
    path: url.pathname + url.search,
    headers: { ...request.headers, ...(request.body && { 'content-length': request.body.byteLength }) },
  };
  agent.dropIdle();
  const outgoing = httpRequest(options);

  let gap = { cancel() {} };
  const awaitBytes = (what: string) => {
    gap.cancel();
    gap = clock.after(limits.readMs, () => {
      end(
        new TimeoutError(
          `${shown} sent ${what} for ${limits.readMs} ms. Make the server answer sooner, or set a longer time in the URL: #rt=<milliseconds>.`,
        ),
      );
    });
  };
  const end = (error: Error) => {
    reject(error);
    outgoing.destroy(error);
  };
  const onAbort = () => end(signal.reason);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();

  outgoing.on('socket', () => awaitBytes('nothing'));
  outgoing.on('error', error => reject(explain(error, shown)));
  outgoing.on('upgrade', (_response, socket) => {
    socket.destroy();
    end(new ProtocolError(`${shown} switched to another protocol. Answer in HTTP/1.1.`));
  });
  outgoing.on('response', response => {
    timings.firstByteMs = clock.now() - startedMs;
    awaitBytes('nothing more');
    response.on('data', () => awaitBytes('nothing more'));
    readBody(response, shown, attempt).then(resolve, end);
  });
  outgoing.end(request.body);

  return promise.finally(() => {
    gap.cancel();
    signal.removeEventListener('abort', onAbort);
  });
}

function readBody(response: IncomingMessage, shown: string, { limits }: Attempt): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const status = response.statusCode ?? 0;
  const chunks: Uint8Array[] = [];
  let leftBytes = limits.bodyBytes;
  const finish = () => resolve({ status, headers: plainHeaders(response), body: Buffer.concat(chunks) });
  const overflow = () => {
    if (limits.bodyOverflow === 'cut' || isRedirect(status)) finish();
    else {
      reject(
        new BodyTooLargeError(
          `${shown} answered with more than the ${limits.bodyBytes} bytes that are read. Make the answer shorter.`,
        ),
      );
    }
    response.destroy();
  };
  response.on('data', (chunk: Uint8Array) => {
    chunks.push(chunk.subarray(0, leftBytes));
    if (chunk.byteLength > leftBytes) overflow();
    leftBytes = Math.max(0, leftBytes - chunk.byteLength);
  });
  response.on('end', finish);
  response.on('error', error => reject(explain(error, shown)));
  if (Number(response.headers['content-length'] ?? 0) > limits.bodyBytes && limits.bodyOverflow === 'fail')
    overflow();
  return promise;
}

/** Names what Node says when a connection fails in the middle. */
function explain(error: Error, shown: string): WebError {
  if (error instanceof WebError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code?.startsWith('HPE_')) {
    return new ProtocolError(
      `${shown} answered with something that is not HTTP/1.1 (${code}). Check the server.`,
      {
        cause: error,
      },
    );
  }
  return new ConnectionBrokenError(
    `${shown} ended the connection before its answer was complete (${code ?? error.message}). Check the server's log.`,
    { cause: error },
  );
}

function plainHeaders(response: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : `${value}`,
    ]),
  );
}
