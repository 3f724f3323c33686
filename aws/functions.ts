/** Other functions, invoked through the Lambda API. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { clientConfiguration, type Environment, required } from './clients.ts';

export interface RemoteFunction<I, O> {
  /** Waits for the result until the signal aborts; the function itself goes on regardless. */
  call(input: I, signal: AbortSignal): Promise<O>;
  /** Does not wait. */
  send(input: I): Promise<void>;
}

/** @param variable names the environment variable with the function's name */
export function createRemoteFunction<I, O>(env: Environment, variable: string): RemoteFunction<I, O> {
  // A repeated invocation would be a second one: whoever calls decides.
  const client = new LambdaClient({ ...clientConfiguration('LAMBDA', env), maxAttempts: 1 });
  const FunctionName = required(env, variable);
  return {
    async call(input, signal) {
      const { Payload, FunctionError } = await client.send(
        new InvokeCommand({ FunctionName, Payload: encode(input) }),
        { abortSignal: signal },
      );
      const text = new TextDecoder().decode(Payload);
      if (FunctionError !== undefined) throw new Error(`${FunctionName} failed: ${text}`);
      return JSON.parse(text) as O;
    },

    async send(input) {
      await client.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: encode(input) }));
    },
  };
}

const encode = (input: unknown) => new TextEncoder().encode(JSON.stringify(input));
