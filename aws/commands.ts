/** Live updates on their way to the call: the voice service carries a pointer, the update itself lies here. */
import type { LeftChange } from '../core/operation.ts';
import { expiry, json, key, parseJson, type Table } from './table.ts';

const KEEP_FOR_MS = 60 * 60 * 1000;

export interface Command {
  callSid: string;
  change: LeftChange;
}

export interface CommandStore {
  put(rootSid: string, id: string, command: Command, nowMs: number): Promise<void>;
  get(rootSid: string, id: string): Promise<Command | undefined>;
}

export function createCommandStore(table: Table): CommandStore {
  return {
    async put(rootSid, id, command, nowMs) {
      const { pk, sk } = key.command(rootSid, id);
      await table.put({
        pk: { S: pk },
        sk: { S: sk },
        command: json(command),
        expiresAt: expiry(nowMs + KEEP_FOR_MS),
      });
    },

    async get(rootSid, id) {
      const item = await table.get(key.command(rootSid, id));
      return parseJson<Command>(item?.['command']);
    },
  };
}
