import { randomUUID } from 'node:crypto';
import { arn } from '../identity.ts';
import type { AwsResponse, AwsService } from '../service.ts';
import type { FunctionHost } from './function-host.ts';

/** Largest payload of a synchronous and of an asynchronous invocation (Lambda quotas). */
const MAX_PAYLOAD_BYTES = { RequestResponse: 6 * 1024 * 1024, Event: 1024 * 1024 };

/** Where an Invoke request goes, so that others can recognise one. */
export const INVOKE_PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations/;

/** Lambda's Invoke operation: `RequestResponse`, `Event` and `DryRun`. */
export function createLambda(host: FunctionHost): AwsService {
  return async request => {
    const name = functionName(INVOKE_PATH.exec(request.url)?.[1]);
    if (name === undefined || request.method !== 'POST') {
      return refusal(404, 'UnknownOperationException', 'Only Invoke is to be had on the local platform.');
    }
    if (!host.has(name)) {
      return refusal(
        404,
        'ResourceNotFoundException',
        `Function not found: ${arn('lambda', `function:${name}`)}`,
      );
    }
    const type = String(request.headers['x-amz-invocation-type'] ?? 'RequestResponse');
    if (type !== 'RequestResponse' && type !== 'Event' && type !== 'DryRun') {
      return refusal(400, 'InvalidParameterValueException', `Unsupported invocation type ${type}`);
    }
    if (type === 'DryRun') return empty(204);
    const payload = request.body.toString() || '{}';
    if (request.body.length > MAX_PAYLOAD_BYTES[type]) {
      const limit = MAX_PAYLOAD_BYTES[type];
      return refusal(
        413,
        'RequestTooLargeException',
        `Request must be smaller than ${limit} bytes for the Invoke operation`,
      );
    }
    try {
      JSON.parse(payload);
    } catch (error) {
      return refusal(
        400,
        'InvalidRequestContentException',
        `Could not parse request body into json: ${String(error)}`,
      );
    }
    const invocation = host.invoke(name, payload);
    if (type === 'Event') {
      invocation.catch(() => {});
      return empty(202);
    }
    const { functionError, payload: result, requestId } = await invocation;
    return {
      status: 200,
      headers: {
        'content-type': 'application/json',
        'x-amzn-requestid': requestId,
        'x-amz-executed-version': '$LATEST',
        ...(functionError === undefined ? {} : { 'x-amz-function-error': functionError }),
      },
      body: result,
    };
  };
}

/** A name, `name:qualifier`, or the ARN of either. */
function functionName(encoded: string | undefined): string | undefined {
  if (encoded === undefined) return undefined;
  const full = decodeURIComponent(encoded);
  return (full.startsWith('arn:') ? full.split(':')[6] : full.split(':')[0]) || undefined;
}

function refusal(status: number, code: string, message: string): AwsResponse {
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'x-amzn-errortype': code,
      'x-amzn-requestid': randomUUID(),
    },
    body: JSON.stringify({ Type: status < 500 ? 'User' : 'Service', Message: message, message }),
  };
}

function empty(status: number): AwsResponse {
  return { status, headers: { 'x-amzn-requestid': randomUUID() }, body: '' };
}
