import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type CertificateSource, SettingError } from './settings.ts';

/** PEM, as a TLS listener takes it. */
export interface Certificate {
  /** The server's own certificate, and those between it and the authority. */
  readonly certificate: string;
  readonly key: string;
}

/** @throws SettingError when there is none, or certificate and key do not belong together */
export async function readCertificate(source: CertificateSource): Promise<Certificate> {
  const [from, read] =
    'secretArn' in source
      ? (['TLS_SECRET_ARN', fromSecret(source.secretArn)] as const)
      : (['TLS_CERTIFICATE_FILE', fromFiles(source)] as const);
  try {
    const found = await read;
    if (new X509Certificate(found.certificate).checkPrivateKey(createPrivateKey(found.key))) return found;
  } catch (cause) {
    throw new SettingError(`${from}: it gives no certificate with its private key, both PEM.`, { cause });
  }
  throw new SettingError(`${from}: the private key is not the certificate's.`);
}

async function fromFiles(source: { certificateFile: string; keyFile: string }): Promise<Certificate> {
  const [certificate, key] = await Promise.all(
    [source.certificateFile, source.keyFile].map(path => readFile(path, 'utf8')),
  );
  return { certificate: certificate ?? '', key: key ?? '' };
}

async function fromSecret(SecretId: string): Promise<Certificate> {
  // Only here: an edge without TLS does not load it.
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const { SecretString = '' } = await new SecretsManagerClient({}).send(
    new GetSecretValueCommand({ SecretId }),
  );
  const { certificate, privateKey } = JSON.parse(SecretString) as Record<string, string>;
  return { certificate: certificate ?? '', key: privateKey ?? '' };
}
