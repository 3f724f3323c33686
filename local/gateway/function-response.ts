/** What goes back to the HTTP client. */
export interface GatewayResponse {
  status: number;
  headers: Record<string, string>;
  /** One `set-cookie` header each. */
  cookies: string[];
  body: Buffer;
}

/**
 * What an HTTP API makes of its function's result (payload format version 2.0): a result without `statusCode` is the body of a 200 in
 * JSON; one with `statusCode` is taken as it says. Undefined for a result that the service would answer with a 500.
 */
export function functionResponse(result: unknown): GatewayResponse | undefined {
  if (!isObject(result) || !('statusCode' in result)) {
    const body = typeof result === 'string' ? result : JSON.stringify(result ?? null);
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      cookies: [],
      body: Buffer.from(body),
    };
  }
  const { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded = false } = result;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (typeof body !== 'string' || !isObject(headers) || !Array.isArray(cookies)) return undefined;
  return {
    status,
    headers: {
      ...(body === '' ? {} : { 'content-type': 'text/plain;charset=utf-8' }),
      ...Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
      ),
    },
    cookies: cookies.map(String),
    body: Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}

/** An answer of the service itself, without the function or in spite of it. */
export function gatewayMessage(status: 413 | 500 | 503): GatewayResponse {
  const messages = {
    413: 'Request Entity Too Large',
    500: 'Internal Server Error',
    503: 'Service Unavailable',
  };
  return {
    status,
    headers: { 'content-type': 'application/json' },
    cookies: [],
    body: Buffer.from(JSON.stringify({ message: messages[status] })),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
