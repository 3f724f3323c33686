import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Alarms } from './alarms.ts';

/** SQS keeps a message no longer than this. */
const longest = Duration.days(14);

export interface WorkQueueProps {
  /** What waits in the queue, for the alarm's description. */
  readonly holds: string;
  /** A first-in-first-out queue, whose sender names each message's deduplication id; default false. */
  readonly fifo?: boolean;
  /** How long a message that a function has taken stays hidden from others: more than the function's time limit. */
  readonly visibilityTimeout: Duration;
  /** A message received more often than this goes to the dead-letter queue. */
  readonly maxReceiveCount: number;
  readonly alarms: Alarms;
}

/**
 * A queue with its dead-letter queue, whose alarm tells of the first message in it. Both are encrypted and
 * refuse plain HTTP, and both keep messages for 14 days: a message moved to the dead-letter queue brings its age along.
 */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    const common = {
      ...(props.fifo && { fifo: true, contentBasedDeduplication: false }),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: longest,
    };
    this.deadLetters = new Queue(this, 'DeadLetters', common);
    this.queue = new Queue(this, 'Queue', {
      ...common,
      visibilityTimeout: props.visibilityTimeout,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.maxReceiveCount },
    });
    acknowledge(this.deadLetters, {
      'Serverless-SQSRedrivePolicy': 'It is the dead-letter queue: its messages wait for an operator.',
    });
    props.alarms.onAny(
      `${id}DeadLetters`,
      this.deadLetters.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(1),
        statistic: 'Maximum',
      }),
      `${props.holds}: at least one was given up. Read it, repair the cause, then start a redrive of the queue.`,
    );
  }
}
