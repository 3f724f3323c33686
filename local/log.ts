export type LogLevel = 'info' | 'warn' | 'error';
export type PlatformLog = (level: LogLevel, message: string, fields?: Record<string, unknown>) => void;

/** One JSON object a line on standard error. */
export const jsonLines: PlatformLog = (level, message, fields) => {
  console.error(JSON.stringify({ level, message, ...fields }));
};

/** An error as fields of a line. */
export function faultFields(error: unknown): Record<string, unknown> {
  return error instanceof Error ? { error: error.message, stack: error.stack } : { error: String(error) };
}
