/** SIP trunks of the accounts. */
import type { Trunk } from '../core/trunk.ts';
import { type AccountItems, createAccountItems } from './account-items.ts';
import { ACCOUNT_INDEX, type Item, key, parseJson, type Table } from './table.ts';

export interface Trunks extends AccountItems<Trunk> {
  /**
   * Every account's trunks that calls may come in over, for an edge that has to know whom it lets in. It is asked now
   * and then: a trunk that has not changed since the last time is not read again.
   */
  listInbound(): Promise<Trunk[]>;
}

/** The index has the trunks that somebody may call in over, by account, name and time of their last change. */
const INBOUND = 'inbound#trunks';
const inboundSort = ({ accountSid, name, updatedAtMs }: Trunk) => `${accountSid}#${name}#${updatedAtMs}`;

export function createTrunks(table: Table): Trunks {
  let known = new Map<string, Trunk>();

  return {
    ...createAccountItems<Trunk>(table, {
      name: 'trunk',
      key: key.trunk,
      keyOf: ({ accountSid, name }) => key.trunk(accountSid, name),
      more: trunk =>
        trunk.inboundNetworks.length === 0
          ? {}
          : { gsi1pk: { S: INBOUND }, gsi1sk: { S: inboundSort(trunk) } },
    }),

    async listInbound() {
      const current = new Map<string, Trunk>();
      let after: Item | undefined;
      do {
        const { items, last } = await table.query({
          index: ACCOUNT_INDEX,
          expression: 'gsi1pk = :inbound',
          values: { ':inbound': { S: INBOUND } },
          ...(after && { after }),
        });
        for (const { pk, sk, gsi1sk } of items) {
          const mark = gsi1sk?.S ?? '';
          const trunk = known.get(mark) ?? (await read(pk?.S ?? '', sk?.S ?? ''));
          // The index follows the table after a moment: what is gone, or lets nobody in any more, is not in it for long.
          if (trunk !== undefined && trunk.inboundNetworks.length > 0) current.set(mark, trunk);
        }
        after = last;
      } while (after !== undefined);
      known = current;
      return [...current.values()];
    },
  };

  async function read(pk: string, sk: string): Promise<Trunk | undefined> {
    return parseJson<Trunk>((await table.get({ pk, sk }))?.['trunk']);
  }
}
