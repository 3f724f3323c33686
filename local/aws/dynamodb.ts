import dynalite from 'dynalite';
import { listenerService } from './listener-service.ts';
import type { AwsService } from './service.ts';

export interface DynamoDb {
  service: AwsService;
  /** One operation from inside the process: no signature, no socket, not counted as anybody's request. */
  run(operation: string, input: object): Promise<{ status: number; output: Record<string, unknown> }>;
  close(): Promise<void>;
}

/**
 * DynamoDB in memory (dynalite). It has no transactions, streams or TTL.
 *
 * dynalite is an HTTP server that would listen on every interface; it is never asked to listen.
 */
export function createDynamoDb(): DynamoDb {
  const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  const service = listenerService((incoming, outgoing) => server.emit('request', incoming, outgoing));

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
    // Never having listened, it says that it does not run: its in-memory store goes with the last reference to it.
    close: () => new Promise(resolve => server.close(() => resolve())),
  };
}
