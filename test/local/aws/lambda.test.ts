import {
  InvalidRequestContentException,
  InvokeCommand,
  LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Front } from '../../../local/aws/front.ts';
import { createFunctionHost, type Invocation } from '../../../local/aws/lambda/function-host.ts';
import { createLambda } from '../../../local/aws/lambda/lambda.ts';
import { realTime } from '../../../local/clock/platform-clock.ts';
import { clientConfig, frontWith } from './sdk.ts';

describe('Lambda', () => {
  const invocations: Invocation[] = [];
  const host = createFunctionHost({ clock: realTime(), onInvocation: done => invocations.push(done) });
  let front: Front;
  let client: LambdaClient;

  beforeAll(async () => {
    ({ front } = await frontWith({ lambda: createLambda(host) }));
    client = new LambdaClient(clientConfig(front));
    const add = (
      name: string,
      handler: (event: never, context: never) => Promise<unknown>,
      timeoutSeconds = 3,
    ) => host.add({ name, memoryMb: 256, timeoutSeconds, handler });
    add('echo', async event => ({ echoed: event }));
    add('nothing', async () => undefined);
    add('context', async (_event, context: { getRemainingTimeInMillis(): number; functionName: string }) => ({
      name: context.functionName,
      remains: context.getRemainingTimeInMillis(),
    }));
    add('broken', async () => {
      throw new TypeError('no such thing');
    });
    add('slow', () => new Promise(() => {}), 0.05);
  });

  afterAll(async () => {
    client.destroy();
    await front.close();
  });

  const invoke = async (
    name: string,
    payload: unknown = {},
    type: 'RequestResponse' | 'Event' = 'RequestResponse',
  ) => {
    const answer = await client.send(
      new InvokeCommand({
        FunctionName: name,
        InvocationType: type,
        Payload: Buffer.from(JSON.stringify(payload)),
      }),
    );
    const text = Buffer.from(answer.Payload ?? []).toString();
    return { ...answer, result: text === '' ? undefined : JSON.parse(text) };
  };

  it('answers with what the function returned', async () => {
    expect(await invoke('echo', { a: [1] })).toMatchObject({
      StatusCode: 200,
      ExecutedVersion: '$LATEST',
      result: { echoed: { a: [1] } },
    });
  });

  it('answers null for a function that returns nothing', async () => {
    expect((await invoke('nothing')).result).toBeNull();
  });

  it('takes an ARN for a name', async () => {
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:echo';
    expect((await invoke(arn, 1)).result).toEqual({ echoed: 1 });
  });

  it('tells the function its name and the time that is left', async () => {
    const { result } = await invoke('context');
    expect(result.name).toBe('context');
    expect(result.remains).toBeGreaterThan(2000);
    expect(result.remains).toBeLessThanOrEqual(3000);
  });

  it('answers 200 with FunctionError when the function throws', async () => {
    const answer = await invoke('broken');
    expect(answer).toMatchObject({
      StatusCode: 200,
      FunctionError: 'Unhandled',
      result: { errorType: 'TypeError', errorMessage: 'no such thing' },
    });
    expect(answer.result.trace[0]).toBe('TypeError: no such thing');
  });

  it('ends a function at its time limit, in the words of the service', async () => {
    const answer = await invoke('slow');
    expect(answer.FunctionError).toBe('Unhandled');
    expect(answer.result.errorType).toBe('Sandbox.Timedout');
    expect(answer.result.errorMessage).toMatch(
      /^RequestId: [-0-9a-f]{36} Error: Task timed out after 0.05 seconds$/,
    );
  });

  it('answers 202 at once to an Event, and runs the function', async () => {
    const before = invocations.length;
    expect(await invoke('echo', 'later', 'Event')).toMatchObject({ StatusCode: 202 });
    await host.idle();
    expect(invocations.slice(before).map(done => done.payload)).toEqual(['{"echoed":"later"}']);
  });

  it('throws the exceptions of the service for what cannot be invoked', async () => {
    await expect(invoke('nobody')).rejects.toBeInstanceOf(ResourceNotFoundException);
    const malformed = client.send(new InvokeCommand({ FunctionName: 'echo', Payload: Buffer.from('{') }));
    await expect(malformed).rejects.toBeInstanceOf(InvalidRequestContentException);
  });

  it('tells of every invocation: how long it took, with how much memory', async () => {
    await invoke('echo');
    expect(invocations.at(-1)).toMatchObject({ functionName: 'echo', memoryMb: 256 });
    expect(invocations.at(-1)?.durationMs).toBeGreaterThan(0);
  });
});
