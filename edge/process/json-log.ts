import type { Log } from '../log.ts';
import type { ProcessSettings } from './settings.ts';

const ORDER = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** One JSON object a line on standard output. */
export function jsonLog(least: ProcessSettings['logLevel'], write = console.log): Log {
  return (level, message, fields) => {
    if (ORDER.indexOf(level) >= ORDER.indexOf(least)) write(JSON.stringify({ level, message, ...fields }));
  };
}

/** What an edge tells of its calls once a minute. */
export interface CallFigures {
  readonly deployment: string;
  readonly edge: string;
  readonly calls: number;
  /** Of an edge that may rest: whether it does, and has no calls any more. */
  readonly isIdle?: boolean | undefined;
  /** A whole minute: so each edge counts once in each, and their sum is that of all. */
  readonly minuteMs: number;
}

/**
 * A line from which CloudWatch makes metrics (embedded metric format): `Calls` of this edge and of the whole deployment, and
 * `Idle` of an edge that may rest.
 */
export function callsMetric({ deployment, edge, calls, isIdle, minuteMs }: CallFigures): string {
  const Calls = { Name: 'Calls', Unit: 'Count' };
  const own = isIdle === undefined ? [Calls] : [Calls, { Name: 'Idle', Unit: 'Count' }];
  return JSON.stringify({
    _aws: {
      Timestamp: minuteMs,
      CloudWatchMetrics: [
        { Namespace: 'Dialplane', Dimensions: [['Deployment', 'Edge']], Metrics: own },
        { Namespace: 'Dialplane', Dimensions: [['Deployment']], Metrics: [Calls] },
      ],
    },
    Deployment: deployment,
    Edge: edge,
    Calls: calls,
    ...(isIdle !== undefined && { Idle: isIdle ? 1 : 0 }),
  });
}
