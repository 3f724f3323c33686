/** Documents under way: who asks claims the question first, so that a customer's server sees it once. */
import type { DocumentResult } from '../core/document.ts';
import { Conflict, expiry, json, key, NEW, parseJson, type Table } from './table.ts';

/** Long after any call that could want it. */
const KEEP_FOR_MS = 24 * 60 * 60 * 1000;

export interface StoredDocument {
  claimedAtMs: number;
  result?: DocumentResult;
}

export interface DocumentStore {
  get(rootSid: string, id: string): Promise<StoredDocument | undefined>;
  /** False when somebody has claimed it before. */
  claim(rootSid: string, id: string, nowMs: number): Promise<boolean>;
  finish(rootSid: string, id: string, result: DocumentResult): Promise<void>;
}

export function createDocumentStore(table: Table): DocumentStore {
  return {
    async get(rootSid, id) {
      const item = await table.get(key.document(rootSid, id));
      if (item === undefined) return undefined;
      const result = parseJson<DocumentResult>(item['document']);
      return { claimedAtMs: Number(item['claimedAtMs']?.N), ...(result && { result }) };
    },

    async claim(rootSid, id, nowMs) {
      const { pk, sk } = key.document(rootSid, id);
      try {
        await table.put(
          {
            pk: { S: pk },
            sk: { S: sk },
            claimedAtMs: { N: String(nowMs) },
            expiresAt: expiry(nowMs + KEEP_FOR_MS),
          },
          NEW,
        );
        return true;
      } catch (error) {
        if (error instanceof Conflict) return false;
        throw error;
      }
    },

    async finish(rootSid, id, result) {
      await table.update(key.document(rootSid, id), 'SET document = :result', {
        ':result': json(result),
      });
    },
  };
}
