import type { InboundDirectory } from '../../../aws/inbound-directory.ts';
import type { PhoneNumber } from '../../../core/operation.ts';
import type { Route } from '../../../core/route.ts';
import type { Trunk } from '../../../core/trunk.ts';

/** Numbers, trunks and routes of accounts, in memory. */
export class MemoryDirectory implements InboundDirectory {
  readonly numbers: PhoneNumber[] = [];
  inbound: Trunk[] = [];
  readonly routes: Route[] = [];
  readonly clients = new Set<string>();
  /** How often the trunks were asked for. */
  reads = 0;
  /** Set it to make reading fail. */
  broken = false;

  async trunks(): Promise<Trunk[]> {
    this.reads++;
    if (this.broken) throw new Error('The table is away.');
    return this.inbound;
  }

  async number(e164: string): Promise<PhoneNumber | undefined> {
    return this.numbers.find(({ number }) => number === e164);
  }

  async firstNumber(accountSid: string): Promise<string | undefined> {
    return this.numbers.find(number => number.accountSid === accountSid)?.number;
  }

  async read(accountSid: string) {
    const own = <T extends { accountSid: string }>(all: readonly T[]) =>
      all.filter(each => each.accountSid === accountSid);
    const numbers = new Set(own(this.numbers).map(({ number }) => number));
    return { routes: own(this.routes), trunks: own(this.inbound), clients: this.clients, numbers };
  }
}
