import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { AWS_ACCOUNT_ID } from '../aws/identity.ts';

/**
 * The event that an HTTP API sends to its function for a request (developer guide, "Create AWS Lambda proxy integrations for HTTP
 * APIs", payload format version 2.0).
 */
export function requestEvent(incoming: IncomingMessage, body: Buffer, nowMs: number): APIGatewayProxyEventV2 {
  const url = incoming.url ?? '/';
  const questionMark = url.indexOf('?');
  const path = decodePath(questionMark < 0 ? url : url.slice(0, questionMark));
  const rawQueryString = questionMark < 0 ? '' : url.slice(questionMark + 1);
  const query = joined(new URLSearchParams(rawQueryString));
  const cookies = incoming.headers.cookie?.split(/;\s*/).filter(cookie => cookie !== '');
  const host = incoming.headers.host ?? '';
  const sourceIp = incoming.socket.remoteAddress ?? '';
  const text = isText(incoming.headers['content-type']);

  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString,
    ...(cookies === undefined ? {} : { cookies }),
    headers: {
      ...requestHeaders(incoming),
      'x-forwarded-for': [incoming.headers['x-forwarded-for'], sourceIp].filter(Boolean).join(', '),
      'x-forwarded-port': String(incoming.socket.localPort ?? ''),
      'x-forwarded-proto': 'http',
    },
    ...(query === undefined ? {} : { queryStringParameters: query }),
    requestContext: {
      accountId: AWS_ACCOUNT_ID,
      apiId: 'local',
      domainName: host.replace(/:\d+$/, ''),
      domainPrefix: 'local',
      http: {
        method: incoming.method ?? 'GET',
        path,
        protocol: `HTTP/${incoming.httpVersion}`,
        sourceIp,
        userAgent: incoming.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: commonLogTime(nowMs),
      timeEpoch: nowMs,
    },
    ...(body.length === 0 ? {} : { body: body.toString(text ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !text,
  };
}

/** The service decodes the path, in spite of the field's name. What cannot be decoded stays as it came. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Several values of one name are joined by a comma. */
function joined(pairs: Iterable<[string, string]>): Record<string, string> | undefined {
  const values = new Map<string, string>();
  for (const [name, value] of pairs)
    values.set(name, values.has(name) ? `${values.get(name)},${value}` : value);
  return values.size === 0 ? undefined : Object.fromEntries(values);
}

function requestHeaders(incoming: IncomingMessage): Record<string, string> {
  const pairs = Object.entries(incoming.headersDistinct).flatMap(([name, values]) =>
    (values ?? []).map(value => [name, value] as [string, string]),
  );
  const { cookie: _, connection: __, ...headers } = joined(pairs) ?? {};
  return headers;
}

/** Types whose bodies the service passes as text; everything else, a form included, comes in base64. */
function isText(contentType: string | undefined): boolean {
  return /^\s*(text\/|application\/(json|javascript|xml|[\w.-]+\+(json|xml))\s*(;|$))/i.test(
    contentType ?? '',
  );
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `12/Mar/2020:19:03:58 +0000` */
function commonLogTime(ms: number): string {
  const [date = '', time = ''] = new Date(ms).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
}
