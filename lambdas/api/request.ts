/** An API Gateway event → a request as dialects read it. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Problem } from '../../core/problem.ts';
import type { ApiRequest, Pairs } from '../../dialects/dialect.ts';
import { MAX_BODY_BYTES } from './limits.ts';

/** Throws Problem for a body that cannot be read. */
export function decodeRequest(event: APIGatewayProxyEventV2, accountSid: string, nowMs: number): ApiRequest {
  const headers = Object.fromEntries(
    Object.entries(event.headers).map(([name, value]) => [name, value ?? '']),
  );
  const body = bodyOf(event);
  const mediaType = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  return {
    method: event.requestContext.http.method,
    path: event.rawPath,
    params: decodeParams(event.pathParameters ?? {}),
    query: [...new URLSearchParams(event.rawQueryString)],
    headers,
    form: mediaType === 'application/x-www-form-urlencoded' ? parseForm(body) : [],
    json: isJson(mediaType) && body !== '' ? parseJson(body) : undefined,
    accountSid,
    requestId: event.requestContext.requestId,
    nowMs,
  };
}

function bodyOf({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): string {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAX_BODY_BYTES) {
    throw new Problem(
      'body-too-large',
      `The body has ${bytes.length} bytes; at most ${MAX_BODY_BYTES} are taken.`,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Problem('malformed-body', 'The body is not UTF-8 text.', { cause });
  }
}

const isJson = (mediaType: string) => mediaType === 'application/json' || mediaType.endsWith('+json');

function parseForm(body: string): Pairs {
  return [...new URLSearchParams(body)];
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new Problem(
      'malformed-body',
      `The body is not valid JSON: ${withoutQuote((cause as Error).message)}.`,
      {
        cause,
      },
    );
  }
}

/**
 * Node's sentence says where ("… in JSON at position 90 (line 7 column 3)"), or quotes what stands there
 * ("Unexpected token 'x', ..."word": xyz"... is not valid JSON"), which may be a password.
 */
function withoutQuote(message: string): string {
  return message.replace(/, (?:\.{3})?".*"(?:\.{3})? is not valid JSON$/s, '');
}

function decodeParams(params: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value = '']) => {
      try {
        return [name, decodeURIComponent(value)];
      } catch {
        // A stray percent sign: it names nothing that exists, and is looked up as it stands.
        return [name, value];
      }
    }),
  );
}
