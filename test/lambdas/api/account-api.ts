import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createAccounts } from '../../../aws/accounts.ts';
import { createTable, type Table } from '../../../aws/table.ts';
import { createTokens, type Tokens } from '../../../aws/tokens.ts';
import { systemRandom } from '../../../core/random.ts';
import { createApi } from '../../../lambdas/api/api.ts';
import { startLocalAws } from '../local-aws.ts';

export const ACCOUNT = `AC${'1'.repeat(32)}`;
export const OTHER = `AC${'2'.repeat(32)}`;
const AUTH_TOKEN = 'f00d'.repeat(8);

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it has asked for.
  body: any;
  text: string;
}

export interface AccountApi {
  /** A request of ACCOUNT's, or of another's. */
  ask(method: string, path: string, json?: unknown, accountSid?: string): Promise<Answer>;
  table: Table;
  tokens: Tokens;
  /** What the function has logged. */
  logged(): string;
  clock: { nowMs: number };
  close(): Promise<void>;
}

/** The API function of two accounts, with a real table and key behind it. */
export async function startAccountApi(): Promise<AccountApi> {
  const aws = await startLocalAws();
  const env = {
    ...aws.env,
    BUS_NAME: 'bus',
    OUTBOUND_QUEUE_URL: 'http://127.0.0.1:1/outbound',
    SIP_MEDIA_APPLICATION_ID: 'application',
  };
  const time = { nowMs: Date.UTC(2026, 10, 22) };
  const clock = { now: () => time.nowMs, sleep: async () => {} };
  const table = createTable(env);
  const tokens = createTokens(env, clock);
  const accounts = createAccounts(table, tokens);
  for (const accountSid of [ACCOUNT, OTHER]) {
    await accounts.put({ accountSid, friendlyName: 'x', callsPerSecond: 1, authToken: AUTH_TOKEN });
  }
  const api = createApi({ env, clock, random: systemRandom });
  const written: string[] = [];
  const streams = [process.stdout, process.stderr].map(stream => {
    const { write } = stream;
    stream.write = ((text: string | Uint8Array, ...rest: never[]) => {
      written.push(String(text));
      return write.call(stream, text, ...rest);
    }) as typeof write;
    return () => {
      stream.write = write;
    };
  });

  return {
    table,
    tokens,
    clock: time,
    logged: () => written.join(''),
    async ask(method, path, json, accountSid = ACCOUNT) {
      const answer = await api(requestOf(method, path, json, accountSid));
      const text = answer.body ?? '';
      return {
        status: answer.statusCode ?? 0,
        headers: { ...answer.headers },
        body: text === '' ? undefined : JSON.parse(text),
        text,
      };
    },
    async close() {
      for (const restore of streams) restore();
      await aws.close();
    },
  };
}

function requestOf(method: string, path: string, json: unknown, accountSid: string): APIGatewayProxyEventV2 {
  const authorization = `Basic ${Buffer.from(`${accountSid}:${AUTH_TOKEN}`).toString('base64')}`;
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: { authorization, ...(json !== undefined && { 'content-type': 'application/json' }) },
    requestContext: { http: { method, path }, requestId: 'request-1' },
    ...(json !== undefined && { body: typeof json === 'string' ? json : JSON.stringify(json) }),
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEventV2;
}
