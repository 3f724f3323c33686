/** `npm run sma`, as its user meets it: a process that hosts a handler. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChimeSDKVoiceClient, CreateSipMediaApplicationCallCommand } from '@aws-sdk/client-chime-sdk-voice';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { TraceEntry } from '../../sma/trace.ts';
import { wavOf } from './support/wav.ts';

const ESM = 'test/sma/fixtures/esm-handler.mjs';
const COMMON_JS = 'test/sma/fixtures/callback-handler.cjs#answerCalls';
const children: ChildProcess[] = [];
let audio: string;

beforeAll(() => {
  audio = mkdtempSync(join(tmpdir(), 'sma-audio-'));
  writeFileSync(join(audio, 'tone.wav'), wavOf(0.1));
  writeFileSync(join(audio, 'broken.mjs'), 'export const handler = ;');
  writeFileSync(join(audio, 'nothing.mjs'), 'export const other = 1;');
});
afterAll(() => rmSync(audio, { recursive: true }));
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Info {
  apiUrl: string;
  sipMediaApplicationId: string;
  options: Record<string, unknown>;
}

function start(args: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['local/sma-tool.ts', ...args], {
    env: { PATH: process.env['PATH'], DIALPLANE_PORT: '0', ...environment },
  });
  children.push(child);
  const output = { text: '' };
  const ended = once(child, 'exit');
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output.text += text;
    });
  }
  const until = async (wanted: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const match = wanted.exec(output.text);
      if (match !== null) return match;
      const event = await Promise.race([once(child.stdout, 'data'), ended.then(() => 'ended')]);
      if (event === 'ended' && !wanted.test(output.text)) throw new Error(`It ended: ${output.text}`);
    }
  };
  const ready = async () => {
    const [apiUrl] = await until(/http:\/\/127\.0\.0\.1:\d+/);
    await until(/is ready/);
    const get = async (path: string) => (await (await fetch(apiUrl + path)).json()) as unknown;
    return { apiUrl, get, info: (await get('/_local/info')) as Info };
  };
  return { child, output, ended, until, ready };
}

const post = async (url: string, body: object): Promise<Response> =>
  fetch(url, { method: 'POST', body: JSON.stringify(body) });

describe('it hosts', () => {
  test('an ESM handler, with audio from a folder, and prints the call as a ladder', async () => {
    const tool = start(['--handler', ESM, '--audio', audio, '--option', 'speechCharactersPerSecond=1000']);
    const { apiUrl, get, info } = await tool.ready();
    expect(tool.output.text).toContain(info.sipMediaApplicationId);
    expect(info.options['speechCharactersPerSecond']).toBe(1_000);
    await post(`${apiUrl}/_local/handsets/12025550100/dial`, { to: '+12025550110' });
    await tool.until(/call over/);
    for (const line of [
      '1 NEW_INBOUND_CALL',
      `Speak “${apiUrl}”, PlayAudio, Hangup`,
      'LEG-A ◀── service  hears “s3://b/tone.wav”  100 ms',
      '2 HANGUP  LEG-A 0',
    ]) {
      expect(tool.output.text).toContain(line);
    }
    const { entries } = (await get('/_local/timeline')) as { entries: TraceEntry[] };
    const { transactionId } = entries[0] as { transactionId: string };
    expect(await get(`/_local/calls/${transactionId}`)).toEqual({ transactionId, entries });
    expect(await get('/_local/calls/unknown')).toEqual({ error: 'There is no call unknown.' });
  });

  test('what it throws is shown with its stack, tried once more, and ends the call', async () => {
    const tool = start(['--handler', ESM]);
    const { apiUrl, info } = await tool.ready();
    const client = new ChimeSDKVoiceClient({
      endpoint: apiUrl,
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    });
    await client.send(
      new CreateSipMediaApplicationCallCommand({
        SipMediaApplicationId: info.sipMediaApplicationId,
        FromPhoneNumber: '+12025550110',
        ToPhoneNumber: '+12025550102',
      }),
    );
    await tool.until(/call over/);
    expect(
      tool.output.text.match(/Error: ringing is too much\n\s+at handler \(.*esm-handler\.mjs/g),
    ).toHaveLength(2);
    expect(tool.output.text).not.toContain('lambda-handler.ts');
  });

  test('a CommonJS handler with a callback, under another export name', async () => {
    const tool = start(['--handler', COMMON_JS]);
    const { apiUrl } = await tool.ready();
    await post(`${apiUrl}/_local/handsets/12025550100/dial`, { to: '+12025550110' });
    await tool.until(/2 HANGUP {2}LEG-A 0/);
  });

  test('Ctrl-C ends it with exit code 0, a call being up', async () => {
    const tool = start(['--handler', ESM]);
    const { apiUrl } = await tool.ready();
    await post(`${apiUrl}/_local/handsets/12025550100/dial`, { to: '+12025550110' });
    tool.child.kill('SIGINT');
    expect(await tool.ended).toEqual([0, null]);
  });
});

test.each<[string, string[], Record<string, string>, RegExp]>([
  ['no handler', [], {}, /^Say which handler to host: npm run sma -- --handler \.\/file\.mjs$/],
  ['no such file', ['--handler', './none.mjs'], {}, /^There is no file \.\/none\.mjs: /],
  [
    'no such export',
    ['--handler', 'AUDIO/nothing.mjs'],
    {},
    /exports no function "handler".*it exports other/,
  ],
  [
    'a file that does not load',
    ['--handler', 'AUDIO/broken.mjs'],
    {},
    /could not be loaded; correct this first:/,
  ],
  ['no such folder', ['--handler', ESM, '--audio', './none'], {}, /^There is no folder \.\/none: /],
  [
    'a bad port',
    ['--handler', ESM],
    { DIALPLANE_PORT: 'http' },
    /^DIALPLANE_PORT is a port from 0 to 65535, and is "http"/,
  ],
  [
    'an unknown option',
    ['--handler', ESM, '--option', 'retry=1'],
    {},
    /^There is no option "retry"\. The options are: /,
  ],
  [
    'a bad value',
    ['--handler', ESM, '--option', 'retryMode=5'],
    {},
    /^Option retryMode is one of every-5-s, once, none; it was 5\.$/,
  ],
  ['no value', ['--handler', ESM, '--option', 'retryMode'], {}, /^--option wants name=value/],
  ['an unknown argument', ['--handlers', ESM], {}, /^Unknown option '--handlers'/],
])('a mistake is told in a sentence: %s', async (_, args, environment, message) => {
  const tool = start(
    args.map(arg => arg.replace('AUDIO', audio)),
    environment,
  );
  expect(await tool.ended).toEqual([1, null]);
  expect(tool.output.text.trim()).toMatch(message);
  if (!args.some(arg => arg.includes('broken'))) expect(tool.output.text.trim().split('\n')).toHaveLength(1);
});

test('a taken port is told in a sentence', async () => {
  const server = createServer();
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const tool = start(['--handler', ESM], { DIALPLANE_PORT: String(port) });
  expect(await tool.ended).toEqual([1, null]);
  expect(tool.output.text.trim()).toBe(
    `Port ${port} is taken: stop what uses it, or set DIALPLANE_PORT to another port (0 is any free one).`,
  );
  server.close();
});

test('--help says how to use it', async () => {
  const tool = start(['--help']);
  expect(await tool.ended).toEqual([0, null]);
  expect(tool.output.text).toContain('npm run sma -- --handler ./file.mjs');
});
