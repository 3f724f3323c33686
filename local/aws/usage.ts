import type { AwsCall } from './front.ts';
import type { Invocation } from './lambda/function-host.ts';
import { PRICES, type PricedItem } from './prices.ts';
import { targetOperation } from './service.ts';

/** What has been used since some moment. Counts and units, except where a name says otherwise. */
export interface Usage {
  /** What AWS bills. */
  billed: Partial<Record<PricedItem, number>>;
  /** Of the Lambda functions one by one. */
  functions: Record<string, { invocations: number; errors: number; billedMs: number }>;
  /** Every request, as `service.Operation`; those that came to nothing, too. */
  requests: Record<string, number>;
  /** Receives that brought nothing. They are the price of waiting, not of a call: AWS bills them as long as a queue has a consumer. */
  idlePolls: number;
}

/** A line of a bill. */
export interface CostLine {
  item: PricedItem;
  unit: string;
  quantity: number;
  dollars: number;
}

export interface Cost {
  lines: CostLine[];
  dollars: number;
}

/** Billed in pieces of this size by SQS and EventBridge. */
const CHUNK_BYTES = 64 * 1024;

/**
 * Counts what the platform uses of AWS, from the requests of the real SDK clients and the invocations of the functions.
 *
 * Requests carry no call's name, so a call is measured by time: read before it, run it alone, and take `since`.
 *
 * @example
 * const before = usage.read();
 * // … one call, until everything it caused is done …
 * const { dollars } = costOf(since(before, usage.read()));
 */
export class UsageCounter {
  #usage: Usage = nothing();

  read(): Usage {
    return structuredClone(this.#usage);
  }

  /** Begins anew, at nothing. */
  reset(): void {
    this.#usage = nothing();
  }

  noteHttpRequest(): void {
    this.#bill('httpApi', 1);
  }

  noteInvocation({ functionName, durationMs, memoryMb, functionError }: Invocation): void {
    this.#usage.functions[functionName] ??= { invocations: 0, errors: 0, billedMs: 0 };
    const fn = this.#usage.functions[functionName];
    fn.invocations += 1;
    fn.errors += functionError === undefined ? 0 : 1;
    fn.billedMs += durationMs;
    this.#bill('lambdaRequests', 1);
    this.#bill('lambdaDuration', (memoryMb / 1024) * (durationMs / 1000));
  }

  /** DynamoDB request units come from `meteredDynamoDb`; the other services are counted by their requests. */
  noteConsumed({ readUnits, writeUnits }: { readUnits: number; writeUnits: number }): void {
    this.#bill('dynamoDbReads', readUnits);
    this.#bill('dynamoDbWrites', writeUnits);
  }

  /** A message that a rule of the bus sent to a queue, which is a request like any other. */
  noteRuleDelivery(queueName: string, bytes: number): void {
    this.#count('sqs.SendMessage');
    this.#bill(queueItem(queueName), chunks(bytes));
  }

  noteCall(call: AwsCall): void {
    const { request, response } = call;
    const operation = targetOperation(request) || request.method;
    this.#count(`${request.service}.${operation}`);
    if (response.status >= 500) return;
    if (request.service === 'sqs') this.#noteSqs(operation, call);
    else if (request.service === 'kms') this.#bill('kms', 1);
    else if (request.service === 's3') {
      this.#bill(['PUT', 'POST', 'LIST'].includes(request.method) ? 's3Writes' : 's3Reads', 1);
    } else if (request.service === 'events' && operation === 'PutEvents' && response.status === 200) {
      const { Entries = [] } = JSON.parse(request.body.toString());
      for (const entry of Entries) this.#bill('busEntries', chunks(Buffer.byteLength(entry.Detail ?? '')));
    }
  }

  #noteSqs(operation: string, { request, response }: AwsCall): void {
    const answer = response.body.toString();
    if (operation === 'ReceiveMessage' && !answer.includes('"Messages"')) {
      this.#usage.idlePolls += 1;
      return;
    }
    const { QueueUrl = '' } = JSON.parse(request.body.toString() || '{}');
    this.#bill(queueItem(QueueUrl), chunks(Math.max(request.body.length, answer.length)));
  }

  #bill(item: PricedItem, quantity: number): void {
    if (quantity > 0) this.#usage.billed[item] = (this.#usage.billed[item] ?? 0) + quantity;
  }

  #count(name: string): void {
    this.#usage.requests[name] = (this.#usage.requests[name] ?? 0) + 1;
  }
}

function nothing(): Usage {
  return { billed: {}, functions: {}, requests: {}, idlePolls: 0 };
}

/** What was used between two readings. */
export function since(before: Usage, after: Usage): Usage {
  const functions: Usage['functions'] = {};
  for (const [name, fn] of Object.entries(after.functions)) {
    const was = before.functions[name] ?? { invocations: 0, errors: 0, billedMs: 0 };
    if (fn.invocations === was.invocations) continue;
    functions[name] = {
      invocations: fn.invocations - was.invocations,
      errors: fn.errors - was.errors,
      billedMs: fn.billedMs - was.billedMs,
    };
  }
  return {
    billed: subtract(after.billed, before.billed),
    functions,
    requests: subtract(after.requests, before.requests) as Record<string, number>,
    idlePolls: after.idlePolls - before.idlePolls,
  };
}

/** What it costs by the list prices of `prices.ts`. */
export function costOf(usage: Usage): Cost {
  const lines = (Object.keys(PRICES) as PricedItem[]).flatMap(item => {
    const quantity = usage.billed[item] ?? 0;
    const { dollars, per, unit } = PRICES[item];
    return quantity === 0 ? [] : [{ item, unit, quantity, dollars: (quantity * dollars) / per }];
  });
  return { lines, dollars: lines.reduce((total, line) => total + line.dollars, 0) };
}

function subtract<T extends Partial<Record<string, number>>>(after: T, before: T): Partial<T> {
  const changed = Object.entries(after)
    .map(([name, count = 0]) => [name, count - (before[name] ?? 0)] as const)
    .filter(([, count]) => count !== 0);
  return Object.fromEntries(changed) as Partial<T>;
}

function queueItem(queue: string): PricedItem {
  return queue.endsWith('.fifo') ? 'sqsFifo' : 'sqsStandard';
}

function chunks(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / CHUNK_BYTES));
}
