import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { arn } from './identity.ts';
import { AwsError, type AwsService, jsonService } from './service.ts';

/** The service's limit for Encrypt. */
const MAX_PLAINTEXT_BYTES = 4096;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * KMS with one key, made when the platform starts: Encrypt and Decrypt with an encryption context.
 *
 * As in the service, the context is authenticated and not stored in the ciphertext: decrypting needs the same pairs (in any
 * order), and everything wrong with a ciphertext or its context is one `InvalidCiphertextException` without a message.
 */
export function createKms(keyId: string): AwsService {
  const keyArn = arn('kms', `key/${keyId}`);
  const key = randomBytes(32);
  const keyNames = new Set([keyId, keyArn]);

  function requireKey(name: unknown): void {
    if (typeof name !== 'string' || name === '')
      throw new AwsError('ValidationException', 'KeyId is required.');
    if (!keyNames.has(name))
      throw new AwsError('NotFoundException', `Key '${arn('kms', `key/${name}`)}' does not exist`);
  }

  return jsonService('application/x-amz-json-1.1', {
    Encrypt(input) {
      requireKey(input['KeyId']);
      const plaintext = blob(input['Plaintext'], 'plaintext');
      if (plaintext.length > MAX_PLAINTEXT_BYTES) {
        throw new AwsError(
          'ValidationException',
          `1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to ${MAX_PLAINTEXT_BYTES}`,
        );
      }
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(
        authenticatedContext(input['EncryptionContext']),
      );
      const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
      const ciphertext = Buffer.concat([iv, cipher.getAuthTag(), sealed]);
      return {
        CiphertextBlob: ciphertext.toString('base64'),
        KeyId: keyArn,
        EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      };
    },

    Decrypt(input) {
      if (input['KeyId'] !== undefined) requireKey(input['KeyId']);
      const ciphertext = blob(input['CiphertextBlob'], 'ciphertextBlob');
      const context = authenticatedContext(input['EncryptionContext']);
      try {
        const tagEnd = IV_BYTES + TAG_BYTES;
        const decipher = createDecipheriv('aes-256-gcm', key, ciphertext.subarray(0, IV_BYTES), {
          authTagLength: TAG_BYTES,
        })
          .setAAD(context)
          .setAuthTag(ciphertext.subarray(IV_BYTES, tagEnd));
        const plaintext = Buffer.concat([decipher.update(ciphertext.subarray(tagEnd)), decipher.final()]);
        return {
          Plaintext: plaintext.toString('base64'),
          KeyId: keyArn,
          EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        };
      } catch {
        // Which of key, context and ciphertext is wrong is what an attacker would like to know: the service does not say.
        throw new AwsError('InvalidCiphertextException', '');
      }
    },
  });
}

function blob(value: unknown, name: string): Buffer {
  const bytes = Buffer.from(typeof value === 'string' ? value : '', 'base64');
  if (bytes.length === 0) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must have length greater than or equal to 1`,
    );
  }
  return bytes;
}

function authenticatedContext(context: unknown): Buffer {
  const pairs = Object.entries((context ?? {}) as Record<string, string>);
  return Buffer.from(JSON.stringify(pairs.sort(([a], [b]) => (a < b ? -1 : 1))));
}
