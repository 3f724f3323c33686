import { isIP } from 'node:net';

/** A public service of Amazon's that answers with the address that asks. */
const WHO_AM_I = 'https://checkip.amazonaws.com/';
const TIMEOUT_MS = 5_000;
const DELAYS_MS = [0, 1_000, 3_000, 10_000];

/** The address under which the world sees what this process sends: a container is not told it. */
export async function publicAddress(sleep: (ms: number) => Promise<void>, url = WHO_AM_I): Promise<string> {
  let cause: unknown;
  for (const delay of DELAYS_MS) {
    await sleep(delay);
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      const text = (await response.text()).trim();
      if (response.ok && isIP(text) !== 0) return text;
      cause = new Error(`${url} answered ${response.status} and no address.`);
    } catch (error) {
      cause = error;
    }
  }
  throw new Error(`${url} does not tell this edge's public address; set PUBLIC_ADDRESS.`, { cause });
}
