import { Params } from '../grammar/params.ts';
import { bracketHost, hostAddress, isSomePort, readHost, readPortNumber } from '../uri/host.ts';
import { HeaderType } from './type.ts';

/** The cookie that begins a branch of RFC 3261 (§8.1.1.7). */
export const MAGIC_COOKIE = 'z9hG4bK';

/** The protocol of every Via, which so is one string. */
const SIP_2 = 'SIP/2.0';

export interface ViaParts {
  /** `UDP`, `TCP`, `TLS`, … as it is written. */
  readonly transport: string;
  readonly host: string;
  readonly port?: number | undefined;
  readonly params?: Params;
}

/** One Via value (RFC 3261 §20.42, RFC 3581). Immutable. */
export class Via {
  readonly protocol: string;
  /** As written; compare without case. */
  readonly transport: string;
  /** As it stands: an IPv6 address has its brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly params: Params;

  constructor(parts: ViaParts, protocol = SIP_2) {
    this.protocol = protocol;
    this.transport = parts.transport;
    this.host = bracketHost(parts.host);
    this.port = parts.port;
    this.params = parts.params === undefined ? Params.none : Params.forHeader(parts.params);
  }

  get branch(): string | undefined {
    return this.params.get('branch');
  }

  /**
   * Whether the branch can be trusted to name the transaction: it begins with the cookie, and something follows
   * (RFC 3261 §17.2.3; a bare cookie is RFC 4475 §3.2.1).
   */
  get hasRfc3261Branch(): boolean {
    const { branch } = this;
    return (
      branch !== undefined &&
      branch.length > MAGIC_COOKIE.length &&
      branch.slice(0, 7).toLowerCase() === 'z9hg4bk'
    );
  }

  /** The `received` address as a socket wants it (RFC 5118 §4.5 allows brackets or none). */
  get received(): string | undefined {
    const received = this.params.get('received');
    return received === undefined ? undefined : hostAddress(received);
  }

  /** The `rport` value; `undefined` where it is absent, only asked for (RFC 3581 §3), or no port. */
  get rport(): number | undefined {
    const rport = this.params.get('rport');
    if (rport === undefined || !/^\d{1,5}$/.test(rport)) return undefined;
    const port = Number(rport);
    return isSomePort(port) ? port : undefined;
  }

  /** The host as a socket wants it: an IPv6 address without brackets. */
  get address(): string {
    return hostAddress(this.host);
  }

  /** A copy with some parts replaced. */
  with(parts: Partial<ViaParts>): Via {
    const { transport, host, port, params } = this;
    return new Via({ transport, host, port, params, ...parts }, this.protocol);
  }

  toString(): string {
    const port = this.port === undefined ? '' : `:${this.port}`;
    return `${this.protocol}/${this.transport} ${this.host}${port}${this.params.toString()}`;
  }
}

export const VIA = new HeaderType(
  'Via',
  scanner => {
    const name = scanner.token('a protocol name');
    scanner.expect('/', 'after the protocol name');
    const version = scanner.token('a protocol version');
    scanner.expect('/', 'after the protocol version');
    const transport = scanner.token('a transport');
    scanner.space('after the transport');
    const host = readHost(scanner);
    const port = scanner.accept(':') ? readPortNumber(scanner) : undefined;
    const protocol = name === 'SIP' && version === '2.0' ? SIP_2 : `${name}/${version}`;
    return new Via({ transport, host, port, params: Params.read(scanner) }, protocol);
  },
  { of: Via },
);
