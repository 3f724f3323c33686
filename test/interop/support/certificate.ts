import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** A certificate for 127.0.0.1 that vouches for itself, as PEM files and as their text. */
export interface Certificate {
  readonly keyFile: string;
  readonly certificateFile: string;
  readonly key: string;
  readonly certificate: string;
}

/** Makes one for the tests of a file; to be called from a test. */
export function useCertificate(): () => Certificate {
  let folder: string;
  let certificate: Certificate;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'dialplane-interop-'));
    certificate = makeCertificate(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return () => certificate;
}

/** Makes one in `folder`, good for a day. */
function makeCertificate(folder: string): Certificate {
  const keyFile = join(folder, 'key.pem');
  const certificateFile = join(folder, 'certificate.pem');
  execFileSync(
    'openssl',
    [
      ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=127.0.0.1'.split(
        ' ',
      ),
      ...[
        '-addext',
        'subjectAltName=IP:127.0.0.1,DNS:localhost',
        '-keyout',
        keyFile,
        '-out',
        certificateFile,
      ],
    ],
    { stdio: 'pipe' },
  );
  return {
    keyFile,
    certificateFile,
    key: readFileSync(keyFile, 'utf8'),
    certificate: readFileSync(certificateFile, 'utf8'),
  };
}
