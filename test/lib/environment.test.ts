import { describe, expect, test } from 'vitest';
import type { FunctionContext } from '../../lambdas/function-context.ts';
import { deploy } from './deployment.ts';

const deployment = deploy();
const folders = ['api', 'sma-handler', 'fetch', 'originate', 'deliver', 'timer'];

/** `sma-handler` → `createSmaHandler`. */
const factoryName = (folder: string) =>
  `create-${folder}`.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

async function factoryIn(folder: string): Promise<(context: FunctionContext) => unknown> {
  const module = await import(`../../lambdas/${folder}/${folder}.ts`);
  return module[factoryName(folder)];
}

const context = (variables: string[]): FunctionContext => ({
  env: {
    AWS_REGION: 'us-east-1',
    ...Object.fromEntries(variables.map(name => [name, 'https://any.example'])),
  },
  clock: { now: () => 0, sleep: async () => {} },
  random: { bytes: count => new Uint8Array(count) },
});

describe.each(folders)("The environment of %s's deployment", folder => {
  const [, { Properties }] = deployment.functionIn(folder);
  const variables = Object.keys(Properties.Environment.Variables);

  test('has every variable that the function asks for', async () => {
    const create = await factoryIn(folder);

    expect(() => create(context(variables))).not.toThrow();
  });

  test.each(variables)('has %s because the function cannot work without it', async name => {
    const create = await factoryIn(folder);

    expect(() => create(context(variables.filter(each => each !== name)))).toThrow(name);
  });
});
