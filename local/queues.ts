import { arn } from './aws/identity.ts';
import type { FunctionName } from './functions.ts';

export interface QueueDefinition {
  name: string;
  attributes: Record<string, string>;
  deadLetterName: string;
  consumer: FunctionName;
  /** Invocations of the consumer at once. */
  concurrency: number;
}

/** The queues as they are deployed; each has a dead-letter queue of its kind. */
export const QUEUES: Record<'outbound' | 'callbacks' | 'timers', QueueDefinition> = {
  outbound: queue('dialplane-outbound.fifo', 'originate', {
    visibilitySeconds: 120,
    maxReceives: 20,
    concurrency: 2,
  }),
  callbacks: queue('dialplane-callbacks', 'deliver', {
    visibilitySeconds: 60,
    maxReceives: 20,
    concurrency: 5,
  }),
  timers: queue('dialplane-timers', 'timer', { visibilitySeconds: 60, maxReceives: 1000, concurrency: 2 }),
};

function queue(
  name: string,
  consumer: FunctionName,
  size: { visibilitySeconds: number; maxReceives: number; concurrency: number },
): QueueDefinition {
  const isFifo = name.endsWith('.fifo');
  const deadLetterName = isFifo ? name.replace('.fifo', '-dead-letters.fifo') : `${name}-dead-letters`;
  return {
    name,
    deadLetterName,
    consumer,
    concurrency: size.concurrency,
    attributes: {
      VisibilityTimeout: String(size.visibilitySeconds),
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: arn('sqs', deadLetterName),
        maxReceiveCount: size.maxReceives,
      }),
      ...(isFifo ? { FifoQueue: 'true' } : {}),
    },
  };
}
