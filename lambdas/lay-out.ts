/** Lays verbs out with what their account has: the directory is read only where something is dialled. */

import type { Environment } from '../aws/clients.ts';
import { createDirectories, type Directories } from '../aws/directory.ts';
import type { Table } from '../aws/table.ts';
import type { Call } from '../core/call.ts';
import type { Clock } from '../core/clock.ts';
import { dialledIn, type LaidOut, layOut } from '../core/lay-out.ts';
import { EMPTY_DIRECTORY } from '../core/resolve-destination.ts';
import type { Entry, WrittenEntry } from '../core/session.ts';
import type { Verb } from '../core/verb.ts';

/** Whose document it is. */
interface Owner {
  accountSid: string;
  call: Pick<Call, 'direction' | 'to' | 'from'>;
}

export interface Layout {
  verbs(verbs: readonly Verb[], owner: Owner): Promise<LaidOut>;
  entry(entry: WrittenEntry, owner: Owner): Promise<Entry>;
}

/** Whether there is a SIP edge to dial with. */
export const hasEdge = (env: Environment): boolean => env['EDGE_VOICE_CONNECTOR_ARN'] !== undefined;

export function createLayout(env: Environment, table: Table, clock: Clock): Layout {
  const directories = createDirectories(table);

  return {
    verbs: laidOut,

    async entry(entry, owner) {
      if (!('verbs' in entry)) return entry;
      const { verbs, notifications } = await laidOut(entry.verbs, owner);
      return { verbs, notifications: [...(entry.notifications ?? []), ...notifications] };
    },
  };

  async function laidOut(verbs: readonly Verb[], { accountSid, call }: Owner): Promise<LaidOut> {
    const directory = await directoryFor(verbs, accountSid, call.from);
    return layOut(verbs, { accountSid, directory, hasEdge: hasEdge(env), call, nowMs: clock.now() });
  }

  function directoryFor(
    verbs: readonly Verb[],
    accountSid: string,
    from: string,
  ): ReturnType<Directories['read']> {
    const { destinations, callerIds } = dialledIn(verbs);
    return destinations.length > 0
      ? directories.read(accountSid, destinations, [...callerIds, from])
      : Promise.resolve(EMPTY_DIRECTORY);
  }
}
