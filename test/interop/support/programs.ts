import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What the suite runs against, and the Debian package that each comes in. */
const packages: Readonly<Record<string, string>> = {
  sipp: 'sip-tester',
  sipsak: 'sipsak',
  baresip: 'baresip',
  kamailio: 'kamailio',
  socat: 'socat',
  openssl: 'openssl',
  rtpengine: 'rtpengine-daemon',
};

const isThere = (program: string): boolean =>
  ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'].some(folder =>
    existsSync(`${folder}/${program}`),
  );

const missingPackages = (): string[] =>
  Object.entries(packages)
    .filter(([program]) => !isThere(program))
    .map(([, name]) => name);

/** Installs what the suite lacks where it may; else says what to install. Vitest runs it once, before everything. */
export default function install(): void {
  const missing = missingPackages();
  if (missing.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) {
    throw new Error(
      `The interop suite calls real SIP programs, and some are not here. On Debian run as root: ${command}`,
    );
  }
  console.log(`Installing ${missing.join(', ')} …`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const line of ['apt-get update -qq', `${command} -qq`]) {
    const [program = '', ...options] = line.split(' ');
    execFileSync(program, options, { env: environment, stdio: 'pipe', timeout: 240_000 });
  }
}
