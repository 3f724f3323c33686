/** Getting one event answered: attempts, retries and the end of patience. */
import type { Clock, Timer } from '../clock.ts';
import { INVOCATION_LIMIT_MS, INVOCATION_RETRY_MS } from '../contract/limits.ts';
import type { RetryMode } from '../options.ts';
import type { TracedError } from '../trace.ts';

/** How an event ended: with the answer of the attempt that came first, or without one. */
export type InvocationResult = { answered: true; answer: unknown } | { answered: false; serviceLog: string };

export interface AttemptReport {
  attempt: number;
  durationMs: number;
  answer?: unknown;
  error?: TracedError;
  /** False for an attempt that another one has overtaken, or that came after the end. */
  inTime: boolean;
}

export interface InvocationSettings {
  clock: Clock;
  retryMode: RetryMode;
  /** One attempt; must not throw but may reject. */
  attempt: (attempt: number) => Promise<unknown>;
  onAttemptEnd: (report: AttemptReport) => void;
  onResult: (result: InvocationResult) => void;
}

/** The function, or its invocation, failed: once more is tried, then the call ends. */
const ERROR_ATTEMPTS = 2;

/** Times after the first attempt at which another one starts, if nothing has come back. */
const RETRY_TIMES_MS: Record<RetryMode, readonly number[]> = {
  'every-5-s': [INVOCATION_RETRY_MS, 2 * INVOCATION_RETRY_MS, 3 * INVOCATION_RETRY_MS],
  once: [INVOCATION_RETRY_MS],
  none: [],
};

/** Starts the attempts; `onResult` is called exactly once, unless `cancel` comes first. */
export function invokeWithRetries(settings: InvocationSettings): { cancel(): void } {
  const { clock } = settings;
  let attempts = 0;
  let pending = 0;
  let errors = 0;
  let settled = false;
  const timers: Timer[] = [];

  const settle = (result?: InvocationResult): void => {
    settled = true;
    for (const timer of timers) timer.cancel();
    if (result !== undefined) settings.onResult(result);
  };

  const ended = (
    attempt: number,
    startMs: number,
    end: { answer: unknown } | { error: TracedError },
  ): void => {
    pending--;
    const inTime = !settled;
    settings.onAttemptEnd({ attempt, durationMs: clock.now() - startMs, inTime, ...end });
    if (!inTime) return;
    if ('answer' in end) {
      settle({ answered: true, answer: end.answer });
      return;
    }
    errors++;
    if (errors < ERROR_ATTEMPTS) start();
    else if (pending === 0) settle({ answered: false, serviceLog: logMessage(end.error) });
  };

  const start = (): void => {
    const attempt = ++attempts;
    const startMs = clock.now();
    pending++;
    settings.attempt(attempt).then(
      answer => ended(attempt, startMs, { answer }),
      (error: unknown) => ended(attempt, startMs, { error: traced(error) }),
    );
  };

  for (const atMs of RETRY_TIMES_MS[settings.retryMode]) timers.push(clock.after(atMs, start));
  timers.push(clock.after(INVOCATION_LIMIT_MS, () => settle({ answered: false, serviceLog: TIMED_OUT })));
  start();
  return { cancel: () => settle() };
}

const TIMED_OUT = 'AWS Lambda client operation timed out.';

/** What the service logs for an invocation error, by the error's name (developer guide, "Unexpected hangups"). */
const LOGS_BY_ERROR: Record<string, string> = {
  AccessDeniedException: 'Access denied while invoking the AWS Lambda function.',
  TooManyRequestsException: 'The AWS Lambda function was throttled.',
};

const logMessage = (error: TracedError): string =>
  LOGS_BY_ERROR[error.name] ?? `The AWS Lambda function returned an error. ${error.name}: ${error.message}`;

function traced(error: unknown): TracedError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack } = error;
  return { name, message, ...(stack !== undefined && { stack }) };
}
