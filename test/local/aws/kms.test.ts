import {
  DecryptCommand,
  EncryptCommand,
  InvalidCiphertextException,
  KMSClient,
  NotFoundException,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Front } from '../../../local/aws/front.ts';
import { createKms } from '../../../local/aws/kms.ts';
import { clientConfig, frontWith } from './sdk.ts';

describe('KMS', () => {
  const keyId = '11111111-2222-4333-8444-555555555555';
  let front: Front;
  let client: KMSClient;

  beforeAll(async () => {
    ({ front } = await frontWith({ kms: createKms(keyId) }));
    client = new KMSClient(clientConfig(front));
  });

  afterAll(async () => {
    client.destroy();
    await front.close();
  });

  const encrypt = async (text: string, EncryptionContext?: Record<string, string>) => {
    const input = {
      KeyId: keyId,
      Plaintext: Buffer.from(text),
      ...(EncryptionContext && { EncryptionContext }),
    };
    return (await client.send(new EncryptCommand(input))).CiphertextBlob as Uint8Array;
  };
  const decrypt = async (CiphertextBlob: Uint8Array, EncryptionContext?: Record<string, string>) => {
    const answer = await client.send(
      new DecryptCommand({ CiphertextBlob, ...(EncryptionContext && { EncryptionContext }) }),
    );
    return Buffer.from(answer.Plaintext ?? []).toString();
  };

  it('decrypts what it encrypted, under the same context in any order', async () => {
    const sealed = await encrypt('secret', { accountSid: 'AC1', use: 'token' });
    expect(await decrypt(sealed, { use: 'token', accountSid: 'AC1' })).toBe('secret');
  });

  it('makes another ciphertext each time, and none shows the text', async () => {
    const [one, two] = [await encrypt('secret'), await encrypt('secret')];
    expect(Buffer.from(one).equals(two)).toBe(false);
    expect(Buffer.from(one).includes('secret')).toBe(false);
  });

  it.each([
    ['another context', { accountSid: 'AC2' }],
    ['no context', undefined],
    ['more context', { accountSid: 'AC1', more: 'x' }],
  ])('refuses %s', async (_, context) => {
    const sealed = await encrypt('secret', { accountSid: 'AC1' });
    await expect(decrypt(sealed, context)).rejects.toBeInstanceOf(InvalidCiphertextException);
  });

  it('refuses a ciphertext that was changed or cut', async () => {
    const sealed = await encrypt('secret');
    const changed = Uint8Array.from(sealed);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    await expect(decrypt(changed)).rejects.toBeInstanceOf(InvalidCiphertextException);
    await expect(decrypt(sealed.subarray(0, 10))).rejects.toBeInstanceOf(InvalidCiphertextException);
  });

  it('knows no other key', async () => {
    const sending = client.send(new EncryptCommand({ KeyId: 'alias/other', Plaintext: Buffer.from('x') }));
    await expect(sending).rejects.toBeInstanceOf(NotFoundException);
  });

  it('takes 4,096 bytes and not one more', async () => {
    await expect(encrypt('x'.repeat(4096))).resolves.toBeDefined();
    await expect(encrypt('x'.repeat(4097))).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
