export type LogLevel = 'info' | 'warn' | 'error';
export type PlatformLog = (level: LogLevel, message: string, fields?: Record<string, unknown>) => void;

/** One JSON object a line on standard error. */
export const jsonLines: PlatformLog = (level, message, fields) => {
  console.error(JSON.stringify({ level, message, ...fields }));
};
