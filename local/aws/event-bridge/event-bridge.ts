import { randomUUID } from 'node:crypto';
import { AWS_ACCOUNT_ID, AWS_REGION, arn } from '../identity.ts';
import { AwsError, type AwsService, jsonService } from '../service.ts';
import { compilePattern, InvalidEventPatternError } from './pattern.ts';

/** Limits of PutEvents (API reference; service quotas). */
const MAX_ENTRIES = 10;
const MAX_REQUEST_BYTES = 256 * 1024;

/** An event as rules and targets see it. */
export interface BusEvent {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  /** To the second, as the bus writes it. */
  time: string;
  region: string;
  resources: string[];
  detail: Record<string, unknown>;
}

export interface Rule {
  busName: string;
  name: string;
  pattern: object;
  /** Given the whole event; what it throws is told to `onTargetError`. */
  target(event: BusEvent): unknown;
}

export interface EventBridge {
  service: AwsService;
  createBus(name: string): void;
  /** @throws {InvalidEventPatternError} */
  putRule(rule: Rule): void;
}

/** EventBridge: PutEvents and TestEventPattern over HTTP; buses, rules and their targets from inside the process. */
export function createEventBridge(options: {
  now(): number;
  onTargetError(rule: Rule, event: BusEvent, error: unknown): void;
}): EventBridge {
  const rulesByBus = new Map<string, { rule: Rule; matches(event: unknown): boolean }[]>([['default', []]]);

  function deliver(busName: string, event: BusEvent): void {
    // An event for a bus that does not exist is accepted and dropped, as by the service.
    for (const { rule, matches } of rulesByBus.get(busName) ?? []) {
      if (!matches(event)) continue;
      Promise.resolve()
        .then(() => rule.target(structuredClone(event)))
        .catch(error => options.onTargetError(rule, event, error));
    }
  }

  return {
    createBus(name) {
      if (!rulesByBus.has(name)) rulesByBus.set(name, []);
    },

    putRule(rule) {
      const rules = rulesByBus.get(rule.busName);
      if (rules === undefined)
        throw new Error(`There is no event bus ${rule.busName}: create it before its rules.`);
      rules.push({ rule, matches: compilePattern(rule.pattern) });
    },

    service: jsonService('application/x-amz-json-1.1', {
      PutEvents(input, request) {
        const entries = input['Entries'];
        if (!Array.isArray(entries) || entries.length === 0 || entries.length > MAX_ENTRIES) {
          throw new AwsError(
            'ValidationException',
            `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${MAX_ENTRIES}`,
          );
        }
        if (request.body.length > MAX_REQUEST_BYTES) {
          throw new AwsError(
            'ValidationException',
            'Total size of the entries in the request is over the limit.',
          );
        }
        const results = entries.map((entry: PutEventsEntry) => {
          const problem = problemOf(entry);
          if (problem !== undefined) return problem;
          const event = envelope(entry, options.now());
          deliver(busNameOf(entry), event);
          return { EventId: event.id };
        });
        return { FailedEntryCount: results.filter(result => 'ErrorCode' in result).length, Entries: results };
      },

      TestEventPattern(input) {
        try {
          return {
            Result: compilePattern(JSON.parse(String(input['EventPattern'])))(
              JSON.parse(String(input['Event'])),
            ),
          };
        } catch (error) {
          if (error instanceof InvalidEventPatternError) throw new AwsError(error.name, error.message);
          throw new AwsError(
            'InvalidEventPatternException',
            `Event pattern is not valid. Reason: ${String(error)}`,
          );
        }
      },
    }),
  };
}

interface PutEventsEntry {
  Time?: number;
  Source?: string;
  Resources?: string[];
  DetailType?: string;
  Detail?: string;
  EventBusName?: string;
}

function envelope(entry: PutEventsEntry, nowMs: number): BusEvent {
  const timeMs = entry.Time === undefined ? nowMs : entry.Time * 1000;
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': entry.DetailType ?? '',
    source: entry.Source ?? '',
    account: AWS_ACCOUNT_ID,
    time: `${new Date(timeMs).toISOString().slice(0, 19)}Z`,
    region: AWS_REGION,
    resources: entry.Resources ?? [],
    detail: JSON.parse(entry.Detail ?? '{}'),
  };
}

/** What is wrong with one entry, in the words of the service, or undefined. The other entries of the request still go through. */
function problemOf(entry: PutEventsEntry): { ErrorCode: string; ErrorMessage: string } | undefined {
  for (const field of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[field]) {
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${field} is not valid. Reason: ${field} is a required argument.`,
      };
    }
  }
  if (entry.Source?.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  try {
    const detail: unknown = JSON.parse(entry.Detail ?? '');
    if (typeof detail !== 'object' || detail === null || Array.isArray(detail))
      throw new Error('not an object');
  } catch {
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  }
  return undefined;
}

/** `EventBusName` may be a name or an ARN. */
function busNameOf(entry: PutEventsEntry): string {
  const name = entry.EventBusName ?? 'default';
  const prefix = arn('events', 'event-bus/');
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}
