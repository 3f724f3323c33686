import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FunctionContext } from '../../lambdas/function-context.ts';
import type { LambdaContext } from '../../local/aws/lambda/function-host.ts';
import { FUNCTIONS, type FunctionFactory, type FunctionName } from '../../local/functions.ts';

/** A place at which a function can be killed: a request of its own to AWS, or the moment before it answers. */
export interface CrashPoint {
  functionName: FunctionName;
  /** Of this function, counted from 0. */
  invocation: number;
  /** Of this invocation, counted from 0. */
  request: number;
  /** Of this function, counted from 0 over all its invocations. */
  step: number;
  /** Such as `dynamodb:PutItem`; `answer` for the end. */
  what: string;
}

/** Says whether it is killed there, and whether AWS has carried the request out by then. */
export type CrashPlan = (point: CrashPoint) => 'before' | 'after' | undefined;

interface Sandbox {
  handler: (event: never, context: LambdaContext) => Promise<unknown>;
  invocation: number;
  requests: number;
  dead: boolean;
  kill: (error: Error) => void;
}

type Handler = Sandbox['handler'];

/**
 * Kills functions in the midst of their work, as Lambda may: what the killed one would still have done does not happen, and the next
 * invocation starts in a new sandbox. A sandbox handles one invocation at a time, and the functions themselves are unchanged: their
 * requests to AWS go by way of a proxy.
 */
export class Crashes {
  plan: CrashPlan = () => undefined;
  /** Where it struck, in order. */
  readonly struck: CrashPoint[] = [];
  readonly #sandboxes = new Map<string, Sandbox & { name: FunctionName }>();
  readonly #invocations = new Map<FunctionName, number>();
  readonly #steps = new Map<FunctionName, number>();
  readonly #server = createServer((incoming, outgoing) => void this.#forward(incoming, outgoing));
  #upstream = '';

  static async start(): Promise<Crashes> {
    const crashes = new Crashes();
    crashes.#server.keepAliveTimeout = 0;
    await new Promise<void>(resolve => crashes.#server.listen(0, '127.0.0.1', resolve));
    return crashes;
  }

  /** For `createPlatform`: every function, mortal. */
  get functions(): Record<FunctionName, FunctionFactory> {
    const names = Object.keys(FUNCTIONS) as FunctionName[];
    return Object.fromEntries(names.map(name => [name, this.#mortal(name)])) as Record<
      FunctionName,
      FunctionFactory
    >;
  }

  /** Invocations and steps are counted anew. */
  reset(): void {
    this.#invocations.clear();
    this.#steps.clear();
    this.struck.splice(0);
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise(resolve => this.#server.close(() => resolve()));
  }

  #mortal(name: FunctionName): FunctionFactory {
    return context => {
      const idle: Sandbox[] = [];
      return async (event, lambdaContext) => {
        const sandbox = idle.pop() ?? this.#open(name, context);
        sandbox.invocation = this.#invocations.get(name) ?? 0;
        sandbox.requests = 0;
        this.#invocations.set(name, sandbox.invocation + 1);
        const killed = new Promise<never>((_, reject) => {
          sandbox.kill = reject;
        });
        killed.catch(() => {});
        try {
          const answer = await Promise.race([sandbox.handler(event, lambdaContext), killed]);
          this.#strike(name, sandbox, 'answer');
          if (sandbox.dead) await killed;
          return answer;
        } finally {
          if (!sandbox.dead) idle.push(sandbox);
        }
      };
    };
  }

  #open(name: FunctionName, context: FunctionContext): Sandbox {
    const id = `sandbox-${this.#sandboxes.size}`;
    this.#upstream = context.env['AWS_ENDPOINT_URL_DYNAMODB'] as string;
    const env = { ...context.env, AWS_SESSION_TOKEN: id };
    // An invocation of another function is no step of its own: what comes of it is written down by requests that are.
    for (const service of ['DYNAMODB', 'SQS', 'S3', 'EVENTBRIDGE', 'KMS', 'CHIME_SDK_VOICE']) {
      Object.assign(env, { [`AWS_ENDPOINT_URL_${service}`]: this.#url });
    }
    const handler = FUNCTIONS[name].create({ ...context, env }) as Handler;
    const sandbox = { name, handler, invocation: 0, requests: 0, dead: false, kill: () => {} };
    this.#sandboxes.set(id, sandbox);
    return sandbox;
  }

  get #url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #strike(functionName: FunctionName, sandbox: Sandbox, what: string): 'before' | 'after' | undefined {
    const step = this.#steps.get(functionName) ?? 0;
    this.#steps.set(functionName, step + 1);
    const point = { functionName, invocation: sandbox.invocation, request: sandbox.requests++, step, what };
    const when = this.plan(point);
    if (when === undefined) return undefined;
    this.struck.push(point);
    sandbox.dead = true;
    sandbox.kill(new Error('Runtime exited with error: signal: killed'));
    return when;
  }

  async #forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const sandbox = this.#sandboxes.get(String(incoming.headers['x-amz-security-token']));
    // A process that is gone sends nothing.
    if (sandbox === undefined || sandbox.dead) {
      outgoing.writeHead(400).end();
      return;
    }
    const when = this.#strike(sandbox.name, sandbox, nameOf(incoming));
    if (when === 'before') {
      outgoing.writeHead(400).end();
      return;
    }
    const { method = 'GET', url = '/', headers } = incoming;
    const upstream = send(this.#upstream + url, { method, headers, agent: false }, answer => {
      if (when === 'after') answer.resume().on('end', () => outgoing.writeHead(400).end());
      else {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      }
    });
    upstream.on('error', () => outgoing.destroy());
    upstream.end(Buffer.concat(chunks));
  }
}

function nameOf({ method, url = '', headers }: IncomingMessage): string {
  const service = /Credential=[^,\s]*\/(\w+)\/aws4_request/.exec(headers.authorization ?? '')?.[1] ?? '';
  const target = String(headers['x-amz-target'] ?? `${method} ${url.split('?')[0]}`);
  return `${service}:${target.slice(target.lastIndexOf('.') + 1)}`;
}
