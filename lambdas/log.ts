/** Structured log lines, one JSON object each. What is logged is named field by field: never a whole request, event or item. */
import type { Environment } from '../aws/clients.ts';

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
type Level = (typeof LEVELS)[number];

export type Log = (
  level: Exclude<Level, 'silent'>,
  message: string,
  fields?: Record<string, unknown>,
) => void;

/** Lines at or above LOG_LEVEL (debug, info, warn, error, silent; info by default). */
export function createLog(env: Environment): Log {
  const wanted = LEVELS.indexOf((env['LOG_LEVEL'] ?? 'info') as Level);
  const threshold = wanted === -1 ? LEVELS.indexOf('info') : wanted;
  return (level, message, fields) => {
    if (LEVELS.indexOf(level) < threshold) return;
    console.log(JSON.stringify({ level, message, ...fields }));
  };
}

/** An error as log fields: its name, sentence and where it came from. */
export function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  return { error: `${error.name}: ${error.message}`, stack: error.stack?.split('\n').slice(1, 4).join('\n') };
}
