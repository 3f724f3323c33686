import type { Environment } from '../aws/clients.ts';

/** What `npm start` can be told by environment variables. */
export interface Settings {
  /** `DIALPLANE_PORT`: where the API listens on 127.0.0.1; 0 for any free port. */
  port: number;
  /** `DIALPLANE_SIP_PORT`: where the SIP edge listens on 127.0.0.1; 0 (the default) for any free port. */
  sipPort: number;
  /** `DIALPLANE_ACCOUNT_SID`: `AC` and 32 hex digits; a new one at each start when not set. */
  accountSid?: string;
  /** `DIALPLANE_AUTH_TOKEN`; a new one at each start when not set. */
  authToken?: string;
}

export const DEFAULT_PORT = 8080;

/** A variable that cannot be used. The message says which, and what to do. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

/** @throws {SettingError} */
export function readSettings(env: Environment): Settings {
  const { DIALPLANE_PORT, DIALPLANE_SIP_PORT, DIALPLANE_ACCOUNT_SID, DIALPLANE_AUTH_TOKEN } = env;
  return {
    port: DIALPLANE_PORT ? portOf('DIALPLANE_PORT', DIALPLANE_PORT) : DEFAULT_PORT,
    sipPort: DIALPLANE_SIP_PORT ? portOf('DIALPLANE_SIP_PORT', DIALPLANE_SIP_PORT) : 0,
    ...(DIALPLANE_ACCOUNT_SID && { accountSid: accountSidOf(DIALPLANE_ACCOUNT_SID) }),
    ...(DIALPLANE_AUTH_TOKEN && { authToken: authTokenOf(DIALPLANE_AUTH_TOKEN) }),
  };
}

function portOf(variable: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new SettingError(
    `${variable} is ${JSON.stringify(text)}: set it to a port from 1 to 65535, or to 0 for any that is free.`,
  );
}

function accountSidOf(text: string): string {
  if (/^AC[0-9a-f]{32}$/.test(text)) return text;
  throw new SettingError(
    `DIALPLANE_ACCOUNT_SID is ${JSON.stringify(text)}: set it to AC and 32 digits of 0-9 and a-f, or leave it out.`,
  );
}

/** HTTP Basic carries it, and so do commands that people paste: no spaces, nothing invisible. What it is, is not shown. */
function authTokenOf(text: string): string {
  if (/^[\x21-\x7e]{1,128}$/.test(text)) return text;
  throw new SettingError(
    'DIALPLANE_AUTH_TOKEN cannot be used: set it to 1 to 128 printable ASCII characters without spaces, or leave it out.',
  );
}
