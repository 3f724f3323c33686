import { PARAM_VALUE } from '../grammar/characters.ts';
import { quote, unquote } from '../grammar/quoting.ts';
import type { Scanner } from '../grammar/scanner.ts';
import { HeaderType } from './type.ts';

/** Parameters of `Digest` that are written without quotes, whatever the header (RFC 3261 §25.1, RFC 7616 §3.3–3.5). */
const bare = new Set(['algorithm', 'stale', 'nc', 'userhash']);

/** A challenge or the answer to one: a scheme and its parameters (RFC 3261 §20.7, §20.44, §22). Immutable. */
export class AuthValue {
  /** As written; compare without case. */
  readonly scheme: string;
  /** Names in lower case, values without quotes. */
  readonly params: ReadonlyMap<string, string>;
  readonly #text: string | undefined;

  constructor(scheme: string, params: ReadonlyMap<string, string>, text?: string) {
    this.scheme = scheme;
    this.params = params;
    this.#text = text;
  }

  /** The parameter `name`, given in lower case. */
  get(name: string): string | undefined {
    return this.params.get(name);
  }

  has(name: string): boolean {
    return this.params.has(name);
  }

  get isDigest(): boolean {
    return this.scheme.toLowerCase() === 'digest';
  }

  /** One that was read is written as it stood. */
  toString(): string {
    if (this.#text !== undefined) return this.#text;
    // qop is a list in quotes where it is offered and one bare token where it is chosen; only an answer has `nc`.
    const chosen = this.params.has('nc');
    const written = [...this.params].map(([name, value]) =>
      bare.has(name) || (name === 'qop' && chosen) ? `${name}=${value}` : `${name}=${quote(value)}`,
    );
    return `${this.scheme} ${written.join(', ')}`;
  }
}

function readAuth(scanner: Scanner): AuthValue {
  const start = scanner.position;
  const scheme = scanner.token('an authentication scheme');
  const params = new Map<string, string>();
  if (scheme.toLowerCase() === 'digest') {
    scanner.space('after the authentication scheme');
    readParams(scanner, params);
    // Other schemes may say what they like, or nothing (RFC 4475 §3.3.7).
  } else scanner.position = scanner.limit;
  return new AuthValue(scheme, params, scanner.text.slice(start, scanner.position).trim());
}

function readParams(scanner: Scanner, params: Map<string, string>): void {
  do {
    const start = scanner.position;
    const name = scanner.token('a parameter name').toLowerCase();
    if (params.has(name)) scanner.fail(`The parameter "${name}" comes twice`, start);
    scanner.expect('=', `after "${name}"`);
    const quoted = scanner.at('"');
    params.set(name, quoted ? unquote(scanner.quoted('a value')) : scanner.some(PARAM_VALUE, 'a value'));
  } while (scanner.accept(','));
}

const authHeader = (name: string) => new HeaderType(name, readAuth);

export const WWW_AUTHENTICATE = authHeader('WWW-Authenticate');
export const PROXY_AUTHENTICATE = authHeader('Proxy-Authenticate');
export const AUTHORIZATION = authHeader('Authorization');
export const PROXY_AUTHORIZATION = authHeader('Proxy-Authorization');

/** Authentication-Info has parameters but no scheme (RFC 3261 §20.6, RFC 7616 §3.5). */
export const AUTHENTICATION_INFO = new HeaderType('Authentication-Info', scanner => {
  const params = new Map<string, string>();
  readParams(scanner, params);
  return params;
});
