/** Each example as its reader runs it: `npm start` in one process, the example in another. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../examples/support/until.ts';

const IN_TIME_MS = 60_000;

let platform: ChildProcess;
let url = '';

function run(file: string, args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [file, ...args], { env: { ...process.env, ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      output += text;
    });
  }
  const ended = new Promise<{ code: number | null; output: string }>(resolve =>
    child.once('close', code => resolve({ code, output })),
  );
  return { child, ended, output: () => output };
}

beforeAll(async () => {
  const started = run('local/start.ts', [], { DIALPLANE_PORT: '0' });
  platform = started.child;
  await until('the platform is ready', () => /ready at http/.test(started.output()));
  url = /ready at (\S+)/.exec(started.output())?.[1] ?? '';
});
afterAll(() => {
  platform.kill('SIGKILL');
});

const example = (name: string, at = url) => run('examples/run.ts', [name], { DIALPLANE_URL: at }).ended;

/** What each example's output has to say, in this order. */
const TELLS: Readonly<Record<string, RegExp[]>> = {
  datatechlabs: [
    /Ann got INVITE .*identity tel:\+3312345678/,
    /Ben got INVITE .*identity tel:\+4412345678/,
    /got UPDATE/,
    /got UPDATE/,
    /The call: completed, completed/,
  ],
  plivo: [
    /Ann got INVITE, X-PH-Department: sales/,
    /document, X-PH-Department: sales/,
    /Ben got INVITE, X-PH-Customer: 42/,
    /ended: Normal Hangup, X-PH-Department: sales/,
    /calls, X-PH-Ticket: 77/,
  ],
  restcomm: [/7: 0 initiated/, /whether to take the call/, /7 pressed 1/, /The dial: completed/],
  signalwire: [
    /Ann: 0 initiated/,
    /Ann: 2 answered/,
    /Slow: 2 canceled/,
    /Department: sales/,
    /completed, SIP 200/,
  ],
};

describe('the examples', () => {
  it.concurrent.each(Object.entries(TELLS))(
    '%s runs to its end and tells what it promises',
    async (name, tells) => {
      const { code, output } = await example(name);
      expect(output).toMatch(new RegExp(tells.map(({ source }) => source).join('[^]*')));
      expect(output).not.toMatch(/forged/);
      expect(code).toBe(0);
    },
    IN_TIME_MS,
  );

  it('are all run here', () => {
    const files = readdirSync('examples').filter(file => file.endsWith('.ts') && file !== 'run.ts');
    expect(files.map(file => file.replace('.ts', '')).sort()).toEqual(Object.keys(TELLS).sort());
  });

  it('are listed where no name is given', async () => {
    const { code, output } = await example('');
    expect(code).toBe(1);
    for (const name of Object.keys(TELLS)) expect(output).toContain(`  ${name} `);
  });

  it('say what to do where no platform answers', async () => {
    const { code, output } = await example('signalwire', 'http://127.0.0.1:9');
    expect(output).toContain('Run "npm start" in another terminal first');
    expect(code).toBe(1);
  });
});
