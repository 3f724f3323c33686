import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import dynalite from 'dynalite';
import type { AwsRequest, AwsResponse, AwsService } from './service.ts';

export interface DynamoDb {
  service: AwsService;
  /** One operation from inside the process: no signature, no socket, not counted as anybody's request. */
  run(operation: string, input: object): Promise<{ status: number; output: Record<string, unknown> }>;
  close(): Promise<void>;
}

/**
 * DynamoDB in memory (dynalite). It has no transactions, streams or TTL.
 *
 * dynalite is an HTTP server that is never asked to listen: its request handler is called directly.
 */
export function createDynamoDb(): DynamoDb {
  const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });

  const service: AwsService = request =>
    new Promise(resolve => {
      const incoming = new BufferedRequest(request);
      server.emit(
        'request',
        incoming as unknown as IncomingMessage,
        new BufferedResponse(resolve) as unknown as ServerResponse,
      );
      incoming.replay();
    });

  return {
    service,
    async run(operation, input) {
      const response = await service({
        service: 'dynamodb',
        caller: 'local-platform',
        method: 'POST',
        url: '/',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDB_20120810.${operation}`,
          authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local',
          'x-amz-date': '20260101T000000Z',
        },
        body: Buffer.from(JSON.stringify(input)),
      });
      return { status: response.status, output: JSON.parse(response.body.toString()) };
    },
    // Never having listened, the server reports that it is not running: its in-memory store goes with the reference.
    close: () => new Promise(resolve => server.close(() => resolve())),
  };
}

class BufferedRequest extends EventEmitter {
  readonly method: string;
  readonly url: string;
  readonly headers: AwsRequest['headers'];
  readonly #body: Buffer;

  constructor(request: AwsRequest) {
    super();
    this.method = request.method;
    this.url = request.url;
    this.headers = request.headers;
    this.#body = request.body;
  }

  replay(): void {
    if (this.#body.length > 0) this.emit('data', this.#body);
    this.emit('end');
  }
}

class BufferedResponse {
  statusCode = 200;
  readonly #headers: Record<string, string> = {};
  readonly #resolve: (response: AwsResponse) => void;

  constructor(resolve: (response: AwsResponse) => void) {
    this.#resolve = resolve;
  }

  setHeader(name: string, value: string | number): void {
    this.#headers[name.toLowerCase()] = String(value);
  }

  end(body = ''): void {
    this.#resolve({ status: this.statusCode, headers: this.#headers, body });
  }
}
