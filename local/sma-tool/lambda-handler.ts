/** Runs a Lambda handler the way Lambda's Node runtime does: async, or with a callback. */
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from './user-error.ts';

type Callback = (error?: unknown, answer?: unknown) => void;
type LambdaHandler = (event: unknown, context: object, callback: Callback) => unknown;

/** Lambda's own default, and more than the service waits. */
const FUNCTION_TIMEOUT_MS = 30_000;
const TAKES_A_CALLBACK = 3;

/** Imports the handler's file, ESM or CommonJS. Throws `UserError` when there is no such file or export. */
export async function loadHandler(file: string, exportName: string): Promise<LambdaHandler> {
  const path = resolve(file);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) {
    throw new UserError(
      `There is no file ${file}: --handler wants the path of the file that exports the handler.`,
    );
  }
  let loaded: Record<string, unknown>;
  try {
    loaded = await import(pathToFileURL(path).href);
  } catch (cause) {
    const { stack, message } = cause instanceof Error ? cause : { stack: undefined, message: String(cause) };
    throw new UserError(`${file} could not be loaded; correct this first:\n${stack ?? message}`, { cause });
  }
  // What a CommonJS file exports is the default of its namespace.
  const commonJs = loaded['default'] as Record<string, unknown> | undefined;
  const handler = loaded[exportName] ?? commonJs?.[exportName];
  if (typeof handler === 'function') return handler as LambdaHandler;
  const names = Object.keys({ ...loaded, ...commonJs }).filter(
    name => !['default', 'module.exports'].includes(name),
  );
  throw new UserError(
    `${file} exports no function "${exportName}": export one, or name another one with --handler ${file}#name` +
      `${names.length > 0 ? ` (it exports ${names.join(', ')})` : ''}.`,
  );
}

/** Invokes it once. Rejects with what it threw or called back with. */
export function invokeHandler(handler: LambdaHandler, event: unknown): Promise<unknown> {
  return new Promise((fulfil, reject) => {
    const startMs = Date.now();
    const context = {
      awsRequestId: randomUUID(),
      functionName: 'sma-handler',
      functionVersion: '$LATEST',
      memoryLimitInMB: '128',
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => FUNCTION_TIMEOUT_MS - (Date.now() - startMs),
    };
    const callback: Callback = (error, answer) => {
      if (error === undefined || error === null) fulfil(answer);
      else reject(error instanceof Error ? error : new Error(String(error)));
    };
    const returned = handler(event, context, callback);
    if (isThenable(returned)) returned.then(fulfil, reject);
    // Lambda answers null for a plain function that never calls back, whatever it returned.
    else if (handler.length < TAKES_A_CALLBACK) fulfil(null);
  });
}

const isThenable = (value: unknown): value is Promise<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as Promise<unknown>).then === 'function';
