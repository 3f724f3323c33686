import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { PlatformInfo } from '../../local/platform.ts';

/** `npm start` without npm. */
function start(env: Record<string, string>) {
  const child = spawn(process.execPath, ['local/start.ts'], { env: { ...process.env, ...env } });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', text => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', text => {
    output.stderr += text;
  });
  const exited = new Promise<number | null>(resolve => child.once('close', resolve));
  const ready = async () => {
    await expect
      .poll(() => output.stdout || output.stderr, { timeout: 10_000 })
      .toMatch(/^Dialplane is ready at http:\/\/127\.0\.0\.1:\d+$/m);
    return /ready at (\S+)/.exec(output.stdout)?.[1] as string;
  };
  return { child, output, exited, ready };
}

async function infoOf(url: string): Promise<PlatformInfo> {
  return (await (await fetch(`${url}/_local/info`)).json()) as PlatformInfo;
}

describe('npm start', () => {
  let child: ChildProcess | undefined;
  let squatter: Server | undefined;

  afterEach(() => {
    child?.kill('SIGKILL');
    squatter?.close();
  });

  const accountSid = `AC${'0123456789abcdef'.repeat(2)}`;

  it('says where it is ready, tells its credentials under /_local/info, and ends on Ctrl-C with code 0', async () => {
    const started = start({
      DIALPLANE_PORT: '0',
      DIALPLANE_ACCOUNT_SID: accountSid,
      DIALPLANE_AUTH_TOKEN: 'token',
    });
    child = started.child;
    const url = await started.ready();
    const info = await infoOf(url);
    expect(info).toMatchObject({ apiUrl: url, accountSid, authToken: 'token' });
    expect(info.numbers).toHaveLength(10);
    // As npm does it: the terminal's signal comes to the process, and npm's copy of it.
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect(await started.exited).toBe(0);
    expect(started.output.stderr).toBe('');
  });

  it('makes up credentials, and shows a command that works with them', async () => {
    const started = start({ DIALPLANE_PORT: '0' });
    child = started.child;
    const url = await started.ready();
    const { accountSid, authToken } = await infoOf(url);
    expect(accountSid).toMatch(/^AC[0-9a-f]{32}$/);
    const { stdout } = started.output;
    expect(stdout).toContain(`curl -u ${accountSid}:${authToken} ${url}/voice/call/callback`);
    const body = /-d '(.*)'/.exec(stdout)?.[1] as string;
    const answer = await fetch(`${url}/voice/call/callback`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
      },
      body,
    });
    expect(await answer.json()).toMatchObject({ data: 'accepted' });
    await expect
      .poll(() => started.output.stdout, { timeout: 5000 })
      .toMatch(/ {2}Call Ringing .*to=\+12025550100/);
    expect(started.output.stdout.split('Ctrl-C ends it.')[1]).not.toContain(authToken);
    child.kill('SIGTERM');
    expect(await started.exited).toBe(0);
  });

  it('says that its port is taken, and what to do', async () => {
    squatter = createServer();
    await new Promise<void>(resolve => squatter?.listen(0, '127.0.0.1', resolve));
    const { port } = squatter.address() as AddressInfo;
    const started = start({ DIALPLANE_PORT: String(port) });
    child = started.child;
    expect(await started.exited).toBe(1);
    expect(started.output).toEqual({
      stdout: '',
      stderr: `Port ${port} is taken: stop what listens there, or set DIALPLANE_PORT to another port (0 takes any that is free).\n`,
    });
  });

  it('says that its SIP port is taken, and what to do', async () => {
    const phone = createSocket('udp4');
    await new Promise<void>(resolve => phone.bind(0, '127.0.0.1', resolve));
    const { port } = phone.address();
    const started = start({ DIALPLANE_SIP_PORT: String(port) });
    child = started.child;
    expect(await started.exited).toBe(1);
    phone.close();
    expect(started.output).toEqual({
      stdout: '',
      stderr: `SIP port ${port} is taken: stop what listens there, or set DIALPLANE_SIP_PORT to another port (0 takes any that is free).\n`,
    });
  });

  it('refuses a bad variable in one sentence', async () => {
    const started = start({ DIALPLANE_ACCOUNT_SID: 'AC12' });
    child = started.child;
    expect(await started.exited).toBe(1);
    expect(started.output).toEqual({
      stdout: '',
      stderr:
        'DIALPLANE_ACCOUNT_SID is "AC12": set it to AC and 32 digits of 0-9 and a-f, or leave it out.\n',
    });
  });
});
