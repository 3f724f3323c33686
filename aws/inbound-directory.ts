/** What an edge has to know to let a call in: whose trunk it comes over, and whose number is called. */
import type { PhoneNumber } from '../core/operation.ts';
import type { Trunk } from '../core/trunk.ts';
import { createDirectories, type Directories } from './directory.ts';
import { createNumbers } from './numbers.ts';
import type { Table } from './table.ts';
import { createTrunks } from './trunks.ts';

export interface InboundDirectory {
  /** Every account's trunks that somebody may call in over. */
  trunks(): Promise<Trunk[]>;
  number(e164: string): Promise<PhoneNumber | undefined>;
  /** The account's first number. */
  firstNumber(accountSid: string): Promise<string | undefined>;
  readonly read: Directories['read'];
}

export function createInboundDirectory(table: Table): InboundDirectory {
  const trunks = createTrunks(table);
  const numbers = createNumbers(table);
  return {
    trunks: () => trunks.listInbound(),
    number: numbers.get,
    firstNumber: async accountSid => (await numbers.list(accountSid))[0]?.number,
    read: createDirectories(table).read,
  };
}
