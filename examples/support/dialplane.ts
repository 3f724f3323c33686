/** Where Dialplane is, and who you are there. */

/** What an application needs to know of the platform that it uses. */
export interface Dialplane {
  /** Without a slash at its end. */
  url: string;
  accountSid: string;
  accountUuid: string;
  plivoAuthId: string;
  authToken: string;
  /** The account's own numbers. */
  numbers: string[];
  /** The SIP edge. */
  sip: { host: string; port: number };
}

/** The one that `npm start` runs on this machine; DIALPLANE_URL says where, if not at its usual port. */
export async function findDialplane(): Promise<Dialplane> {
  const url = process.env['DIALPLANE_URL'] ?? 'http://127.0.0.1:8080';
  const answer = await fetch(`${url}/_local/info`).catch(() => undefined);
  if (answer?.ok) return { ...((await answer.json()) as Omit<Dialplane, 'url'>), url };
  console.error(
    `Nothing answers at ${url}. Run "npm start" in another terminal first, or set DIALPLANE_URL to what it prints.`,
  );
  process.exit(1);
}

/** A request with the account's credentials → the JSON that it is answered with, which is taken to be an `Answer`. */
export async function ask<Answer>(
  { url, accountSid, authToken }: Dialplane,
  path: string,
  json?: object,
): Promise<Answer> {
  const answer = await fetch(url + path, {
    method: json === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
      ...(json !== undefined && { 'content-type': 'application/json' }),
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
  const body: unknown = await answer.json();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(body)}`);
  return body as Answer;
}
