import type { Log } from '../log.ts';
import type { ProcessSettings } from './settings.ts';

const ORDER = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** One JSON object a line on standard output. */
export function jsonLog(least: ProcessSettings['logLevel'], write = console.log): Log {
  return (level, message, fields) => {
    if (ORDER.indexOf(level) >= ORDER.indexOf(least)) write(JSON.stringify({ level, message, ...fields }));
  };
}

/** A line from which CloudWatch makes the metric `Calls` of this edge (embedded metric format). */
export function callsMetric(edge: string, calls: number, nowMs: number): string {
  return JSON.stringify({
    _aws: {
      Timestamp: nowMs,
      CloudWatchMetrics: [
        { Namespace: 'Dialplane', Dimensions: [['Edge']], Metrics: [{ Name: 'Calls', Unit: 'Count' }] },
      ],
    },
    Edge: edge,
    Calls: calls,
  });
}
