import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const noNetwork = pathToFileURL(join(root, 'test/lib/no-network.mjs')).href;

/** CDK itself takes most of it; a laptop that is busy otherwise takes its time. */
const SYNTH_MS = 60_000;

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'dialplane-cdk-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

/** bin/cdk.ts as the CDK command line runs it, without credentials and without any connection. */
function runApp(context: Record<string, unknown>, more: Record<string, string> = {}) {
  const { status, stderr } = spawnSync(process.execPath, ['bin/cdk.ts'], {
    cwd: root,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      HOME: out,
      NODE_OPTIONS: `--import=${noNetwork}`,
      CDK_OUTDIR: out,
      ...more,
      CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:bundling-stacks': [], ...context }),
    },
  });
  return { status, stderr };
}

test('synth needs neither a network nor credentials', { timeout: SYNTH_MS }, () => {
  const { status, stderr } = runApp({ phoneNumbers: '+12025550110' });

  expect(stderr).toBe('');
  expect(status).toBe(0);
  const { Resources } = JSON.parse(readFileSync(join(out, 'Dialplane.template.json'), 'utf8'));
  const types = Object.values(Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
  expect(types.filter(type => type === 'Custom::SipRule')).toHaveLength(1);
});

test('the SIP edge is a stack of its own, and its image is not built by synth', { timeout: SYNTH_MS }, () => {
  const { status, stderr } = runApp({ sipEdge: 'true' }, { CDK_DEFAULT_REGION: 'us-east-1' });

  expect(stderr).toBe('');
  expect(status).toBe(0);
  const { Resources } = JSON.parse(readFileSync(join(out, 'DialplaneEdge.template.json'), 'utf8'));
  const types = Object.values(Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
  expect(types.filter(type => type === 'AWS::ECS::Service')).toHaveLength(1);
});

test('the SIP edge without a known Region is one sentence', { timeout: SYNTH_MS }, () => {
  const { status, stderr } = runApp({ sipEdge: 'true' });

  expect(status).toBe(1);
  expect(stderr).toMatch(/^The SIP edge needs to know its Region.* set CDK_DEFAULT_REGION\.\n$/);
});

test('the guard of these tests ends whoever connects', () => {
  const { status } = spawnSync(process.execPath, [
    '--import',
    noNetwork,
    '-e',
    "fetch('http://127.0.0.1:54321')",
  ]);

  expect(status).toBe(99);
});

test('a setting that cannot be deployed is one sentence and no template', { timeout: SYNTH_MS }, () => {
  const { status, stderr } = runApp({ phoneNumbers: '555-0110' });

  expect(status).toBe(1);
  expect(stderr).toBe('phoneNumbers: "555-0110" is not an E.164 number; write it as +12025550110.\n');
});
