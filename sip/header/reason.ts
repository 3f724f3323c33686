import { Params } from '../grammar/params.ts';
import { HeaderType } from './type.ts';

/** Why a request was sent or a call ended: `SIP;cause=200;text="…"`, `Q.850;cause=16` (RFC 3326 §2). Immutable. */
export class Reason {
  /** `SIP`, `Q.850`, … as written. */
  readonly protocol: string;
  readonly params: Params;

  constructor(protocol: string, params: Params = Params.none) {
    this.protocol = protocol;
    this.params = params;
  }

  static of(protocol: string, cause: number, text?: string): Reason {
    const params = Params.of({ cause });
    return new Reason(protocol, text === undefined ? params : params.withQuoted('text', text));
  }

  get cause(): number | undefined {
    const cause = this.params.get('cause');
    return cause !== undefined && /^\d+$/.test(cause) ? Number(cause) : undefined;
  }

  get text(): string | undefined {
    return this.params.get('text');
  }

  toString(): string {
    return `${this.protocol}${this.params}`;
  }
}

export const REASON = new HeaderType(
  'Reason',
  scanner => new Reason(scanner.token('a protocol'), Params.read(scanner)),
);
