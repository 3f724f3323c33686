/** The programs that are measured, or measured with, and what they take of the machine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callee, caller } from './scenarios.ts';

/** Where Debian puts it; undefined where it is not installed. */
export const programPath = (name: string): string | undefined =>
  ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin']
    .map(folder => `${folder}/${name}`)
    .find(existsSync);

/** Processor time of a process and its children, user and system, in microseconds. */
export function cpuMicroseconds(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`).map(task => `/proc/${pid}/task/${task}`);
  // The first figure is the time on a processor, in nanoseconds; `stat` counts hundredths of a second.
  const own = tasks.map(task => Number(readFileSync(`${task}/schedstat`, 'utf8').split(' ')[0]) / 1_000);
  const children = tasks.flatMap(task =>
    readFileSync(`${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [...own, ...children.map(cpuMicroseconds)].reduce((sum, time) => sum + time, 0);
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>(resolve => socket.close(() => resolve()));
  return port;
}

export const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** Waits until UDP is listened to there. */
export async function listening(port: number): Promise<void> {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  for (let tries = 0; tries < 100; tries++) {
    if (readFileSync('/proc/net/udp', 'utf8').includes(local)) return;
    await wait(50);
  }
  throw new Error(`Nothing listens on UDP port ${port}.`);
}

export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'dialplane-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 1_000);
  await gone;
  clearTimeout(force);
}

const SIPP = ['-i', '127.0.0.1', '-buff_size', '4194304', '-nostdin'] as const;

/** SIPp answers calls there while `work` runs. */
export async function withCallee<T>(work: (port: number) => Promise<T>): Promise<T> {
  return inFolder(async folder => {
    const port = await freePort();
    const file = join(folder, 'callee.xml');
    writeFileSync(file, callee);
    const child = spawn('sipp', ['-sf', file, '-p', String(port), ...SIPP], { cwd: folder, stdio: 'ignore' });
    try {
      await listening(port);
      return await work(port);
    } finally {
      await stop(child);
    }
  });
}

export interface Load {
  /** Where the calls go, and their Request-URI. */
  readonly port: number;
  readonly uri: string;
  readonly callsPerSecond: number;
  readonly calls: number;
  readonly holdMs: number;
}

/** SIPp makes calls. Gives how many failed. */
export async function call({ port, uri, callsPerSecond, calls, holdMs }: Load): Promise<number> {
  return inFolder(async folder => {
    const file = join(folder, 'caller.xml');
    writeFileSync(file, caller(uri, holdMs));
    const child = spawn(
      'sipp',
      [
        `127.0.0.1:${port}`,
        ...['-sf', file, '-p', String(await freePort()), ...SIPP],
        ...['-r', String(callsPerSecond), '-m', String(calls), '-l', String(calls)],
        ...['-timeout', '20s', '-timeout_error', '-trace_stat', '-fd', '1'],
      ],
      { cwd: folder, stdio: 'ignore' },
    );
    const code = await new Promise<number | null>(resolve => child.once('exit', resolve));
    if (code === 0) return 0;
    const name = readdirSync(folder).find(entry => entry.endsWith('_.csv'));
    const lines = name === undefined ? [] : readFileSync(join(folder, name), 'utf8').trim().split('\n');
    const column = (lines[0] ?? '').split(';').indexOf('FailedCall(C)');
    // The last line is from a moment before the end.
    return Math.max(1, Number(lines.at(-1)?.split(';')[column] ?? calls));
  });
}
