import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** One signed request of an AWS SDK client, read to its end. */
export interface AwsRequest {
  /** Signing name of the service: `dynamodb`, `sqs`, `s3`, `events`, `kms`, `lambda`, … */
  readonly service: string;
  /** Access key id of the signature. The platform gives each function its own, so it says who is asking. */
  readonly caller: string;
  readonly method: string;
  /** Path and query, still encoded. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Has the client gone away without waiting for the answer? */
  readonly abandoned?: () => boolean;
}

export interface AwsResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | Buffer;
}

/** An emulated service: a request in, a response out. It has no socket of its own. */
export type AwsService = (request: AwsRequest) => Promise<AwsResponse>;

/** What a service refuses with; becomes the error shape that the SDK client turns back into an exception. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
  }
}

/** The operation that a JSON-protocol request names in `X-Amz-Target` (`AWSEvents.PutEvents` → `PutEvents`). */
export function targetOperation(request: AwsRequest): string {
  const target = request.headers['x-amz-target'];
  return typeof target === 'string' ? target.slice(target.lastIndexOf('.') + 1) : '';
}

/**
 * A service that speaks AWS JSON: one function for each operation.
 *
 * @param contentType what the service answers with: `application/x-amz-json-1.0` or `-1.1`
 */
export function jsonService(
  contentType: string,
  operations: Record<string, (input: Record<string, unknown>, request: AwsRequest) => unknown>,
): AwsService {
  return async request => {
    const name = targetOperation(request);
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    try {
      if (operation === undefined)
        throw new AwsError('UnknownOperationException', `No operation ${name} here.`);
      return jsonResponse(200, await operation(jsonObject(request.body), request), contentType);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return jsonResponse(error.status, { __type: error.code, message: error.message }, contentType);
    }
  };
}

export function jsonResponse(status: number, body: unknown, contentType = 'application/json'): AwsResponse {
  return {
    status,
    headers: { 'content-type': contentType, 'x-amzn-requestid': randomUUID() },
    body: JSON.stringify(body ?? {}),
  };
}

function jsonObject(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch (cause) {
    throw new AwsError('SerializationException', `The body is not JSON: ${String(cause)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AwsError('SerializationException', 'The body is not a JSON object.');
  }
  return value as Record<string, unknown>;
}
