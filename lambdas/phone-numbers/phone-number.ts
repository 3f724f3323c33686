import { createHash } from 'node:crypto';
import { DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Numbers } from '../../aws/numbers.ts';
import { key } from '../../aws/table.ts';
import type { Clock } from '../../core/clock.ts';
import type { ResourceKind } from '../custom-resource.ts';

export interface PhoneNumberProperties {
  /** E.164. */
  readonly PhoneNumber: string;
  readonly AccountSid: string;
}

export interface PhoneNumberContext {
  readonly numbers: Numbers;
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** A number cannot belong to two accounts. */
export class NumberOwnedError extends Error {
  override readonly name = 'NumberOwnedError';
}

/** How a new number's documents and callbacks read: the dialect whose API has phone numbers. */
export const NEW_NUMBERS_DIALECT = 'signalwire';

/** One SID a number, so that whoever keeps it finds the number again after it was removed and added. */
const sidOf = (e164: string) => `PN${createHash('sha256').update(e164).digest('hex').slice(0, 32)}`;

/** A number as the API lists it. What an account has set on it (its URLs, its name) is kept by every update. */
export function phoneNumber({ numbers, client, tableName, clock }: PhoneNumberContext) {
  async function own({ PhoneNumber, AccountSid }: PhoneNumberProperties) {
    const existing = await numbers.get(PhoneNumber);
    if (existing && existing.accountSid !== AccountSid) {
      throw new NumberOwnedError(
        `${PhoneNumber} belongs to account ${existing.accountSid}; release it there, or deploy without it.`,
      );
    }
    if (!existing) {
      const nowMs = clock.now();
      await numbers.put({
        sid: sidOf(PhoneNumber),
        number: PhoneNumber,
        accountSid: AccountSid,
        dialect: NEW_NUMBERS_DIALECT,
        friendlyName: PhoneNumber,
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
      });
    }
    return { physicalResourceId: PhoneNumber };
  }

  const kind: ResourceKind<PhoneNumberProperties> = {
    create: own,
    update: own,

    /** Only the number of the account that it was made for: it may have been given away since. */
    async delete({ AccountSid }, e164) {
      const existing = await numbers.get(e164);
      if (existing?.accountSid !== AccountSid) return;
      const { pk, sk } = key.number(e164);
      await client.send(
        new DeleteItemCommand({ TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } } }),
      );
    },
  };
  return kind;
}
