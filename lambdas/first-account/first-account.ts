import { createHash } from 'node:crypto';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Accounts, DEFAULT_CALLS_PER_SECOND } from '../../aws/accounts.ts';
import type { ResourceKind } from '../custom-resource.ts';

/** As in the template. `TokenVersion` is not read: another value is what makes CloudFormation ask for an update. */
export interface FirstAccountProperties {
  readonly FriendlyName: string;
  readonly TokenVersion: string;
}

export interface FirstAccountContext {
  readonly accounts: Accounts;
  readonly secrets: Pick<SecretsManagerClient, 'send'>;
  /** The secret whose text is the auth token. */
  readonly secretId: string;
}

/** A secret that cannot be an auth token. */
export class UnusableTokenError extends Error {
  override readonly name = 'UnusableTokenError';
}

/** The characters that every client sends unchanged in HTTP Basic. */
const TOKEN = /^[A-Za-z0-9_-]{16,128}$/;

/** The same for every request about this resource of this stack, so that a repeated one makes no second account. */
const sidOf = (stackId: string, logicalId: string) =>
  `AC${createHash('sha256').update(`${stackId} ${logicalId}`).digest('hex').slice(0, 32)}`;

/**
 * The account that a deployment begins with. Its SID is its physical id and never changes; an update stores the
 * secret's present token and keeps what the API has changed. Deleting leaves the data: it goes, or stays, with the table.
 */
export function firstAccount({ accounts, secrets, secretId }: FirstAccountContext) {
  async function token(): Promise<string> {
    const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
    if (TOKEN.test(SecretString)) return SecretString;
    throw new UnusableTokenError(
      'The secret is no auth token: store 16 to 128 letters, digits, - or _ as plain text, then deploy again.',
    );
  }

  async function store(accountSid: string, friendlyName: string | undefined, newName: string) {
    const existing = await accounts.get(accountSid);
    await accounts.put({
      callsPerSecond: DEFAULT_CALLS_PER_SECOND,
      ...existing,
      accountSid,
      friendlyName: friendlyName ?? existing?.friendlyName ?? newName,
      authToken: await token(),
    });
    return { physicalResourceId: accountSid };
  }

  const kind: ResourceKind<FirstAccountProperties> = {
    create: ({ FriendlyName }, { StackId, LogicalResourceId }) =>
      store(sidOf(StackId, LogicalResourceId), undefined, FriendlyName),

    update: ({ FriendlyName }, accountSid, old) =>
      store(accountSid, FriendlyName === old.FriendlyName ? undefined : FriendlyName, FriendlyName),

    delete: async () => {},
  };
  return kind;
}
