import { InvalidUrlError } from './errors.ts';

/** A URL taken apart into what is sent where. */
export interface Target {
  /** Without credentials and fragment. */
  readonly url: URL;
  /** What follows `Basic ` in the Authorization header; undefined when the URL carries no credentials. */
  readonly basicCredentials: string | undefined;
  /** The URL with credentials, without the fragment. */
  readonly baseUrl: string;
  /** What follows the `#`, which is never sent. */
  readonly fragment: string;
}

/**
 * Reads a customer's URL.
 *
 * @throws {InvalidUrlError} when it cannot be read or is neither http nor https. It has no `cause`: Node's own error
 * quotes the URL with its credentials.
 */
export function parseTarget(text: string, base?: string): Target {
  const url = base === undefined ? URL.parse(text) : URL.parse(text, base);
  if (url === null) {
    throw new InvalidUrlError(
      'The URL cannot be read. Give an absolute URL, for example https://example.com/voice.',
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new InvalidUrlError(
      `A URL with the scheme "${url.protocol}" cannot be fetched. Use http or https.`,
    );
  }
  const fragment = url.hash.slice(1);
  url.hash = '';
  const baseUrl = url.href;
  const basicCredentials =
    url.username === '' && url.password === ''
      ? undefined
      : Buffer.from(`${decode(url.username)}:${decode(url.password)}`).toString('base64');
  url.username = '';
  url.password = '';
  return { url, basicCredentials, baseUrl, fragment };
}

/** The host as the network knows it: without an IPv6 address's brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** The port, also where the URL leaves it to its scheme. */
export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

function decode(percentEncoded: string): string {
  try {
    return decodeURIComponent(percentEncoded);
  } catch {
    return percentEncoded;
  }
}
