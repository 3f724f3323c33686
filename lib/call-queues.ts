import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';
import { WorkQueue } from './work-queue.ts';

/**
 * The three queues. A message is hidden for at least as long as its function may run; the counts are for
 * functions that crash: a refused call or callback is not a failure, its function hides the message until its next try.
 */
export class CallQueues extends Construct {
  /** Calls to be made, in order for each account. */
  readonly outbound: WorkQueue;
  /** Call events with a subscribed callback. */
  readonly callbacks: WorkQueue;
  /** What is to happen to a call later on. A timer further away than SQS can delay is received several times. */
  readonly timers: WorkQueue;

  constructor(scope: Construct, id: string, { alarms }: { readonly alarms: Alarms }) {
    super(scope, id);
    this.outbound = new WorkQueue(this, 'Outbound', {
      holds: 'Calls to be made',
      fifo: true,
      visibilityTimeout: Duration.seconds(120),
      // A busy voice service gives calls back for hours, and none is lost over it.
      maxReceiveCount: 1000,
      alarms,
    });
    this.callbacks = new WorkQueue(this, 'Callbacks', {
      holds: 'Status callbacks',
      visibilityTimeout: Duration.seconds(60),
      maxReceiveCount: 20,
      alarms,
    });
    this.timers = new WorkQueue(this, 'Timers', {
      holds: "Calls' timers",
      visibilityTimeout: Duration.seconds(60),
      maxReceiveCount: 1000,
      alarms,
    });
  }
}
