import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { vi } from 'vitest';
import { createAccounts } from '../../../aws/accounts.ts';
import { createTable, type Table } from '../../../aws/table.ts';
import { createTokens, type Tokens } from '../../../aws/tokens.ts';
import { systemRandom } from '../../../core/random.ts';
import { createApi } from '../../../lambdas/api/api.ts';
import { startLocalAws } from '../local-aws.ts';

export const ACCOUNT = `AC${'1'.repeat(32)}`;
export const OTHER = `AC${'2'.repeat(32)}`;
/** Who has no token. */
export const NOBODY = `AC${'3'.repeat(32)}`;
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
    TIMER_QUEUE_URL: 'http://127.0.0.1:1/timers',
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
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});

  return {
    table,
    tokens,
    clock: time,
    logged: () => log.mock.calls.flat().join('\n'),
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
      log.mockRestore();
      await aws.close();
    },
  };
}

function requestOf(method: string, path: string, json: unknown, accountSid: string): APIGatewayProxyEventV2 {
  const token = accountSid === NOBODY ? 'wrong' : AUTH_TOKEN;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${token}`).toString('base64')}`;
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
