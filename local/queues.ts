import { type EventSource, startEventSource } from './aws/event-source.ts';
import { arn } from './aws/identity.ts';
import type { LocalAws } from './aws/local-aws.ts';
import type { FunctionName, Resources } from './functions.ts';

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
    maxReceives: 1000,
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

/** What the SIP edge is told; it asks for it by itself. */
const EDGE_COMMANDS = 'dialplane-edge-commands';

/** Makes them all, and gives back where they are. */
export async function createQueues(aws: LocalAws): Promise<Resources['queueUrls']> {
  const create = async ({ name, deadLetterName, attributes }: QueueDefinition) => {
    const kind = attributes['FifoQueue'] === undefined ? {} : { FifoQueue: 'true' };
    const deadLetters = aws.url + (await aws.fauxqs.createQueue(deadLetterName, kind));
    return { url: aws.url + (await aws.fauxqs.createQueue(name, attributes)), deadLetters };
  };
  const outbound = await create(QUEUES.outbound);
  const callbacks = await create(QUEUES.callbacks);
  const timers = await create(QUEUES.timers);
  const edgeCommands = aws.url + (await aws.fauxqs.createQueue(EDGE_COMMANDS));
  return {
    outbound: outbound.url,
    callbacks: callbacks.url,
    callbackDeadLetters: callbacks.deadLetters,
    timers: timers.url,
    edgeCommands,
  };
}

/** Brings each queue's messages to its consumer. */
export function consumeQueues(
  aws: LocalAws,
  queueUrls: Resources['queueUrls'],
  onError: (error: unknown) => void,
): EventSource[] {
  return (['outbound', 'callbacks', 'timers'] as const).map(name =>
    startEventSource({
      sqs: aws.sqs,
      host: aws.host,
      queueUrl: queueUrls[name],
      functionName: QUEUES[name].consumer,
      batchSize: 10,
      concurrency: QUEUES[name].concurrency,
      onError,
    }),
  );
}
