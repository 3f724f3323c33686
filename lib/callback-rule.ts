import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { type CallEventBus, eventSource } from './call-event-bus.ts';
import type { WorkQueue } from './work-queue.ts';

export interface CallbackRuleProps {
  readonly events: CallEventBus;
  readonly callbacks: WorkQueue;
}

/**
 * Puts every event that a customer subscribed to into the callbacks queue, the whole event as the body. What
 * EventBridge cannot deliver goes to the same dead-letter queue with the same body, so one redrive sends both again.
 */
export class CallbackRule extends Construct {
  constructor(scope: Construct, id: string, { events, callbacks }: CallbackRuleProps) {
    super(scope, id);
    new Rule(this, 'Rule', {
      eventBus: events.bus,
      description: 'Call events with a subscribed status callback',
      eventPattern: { source: [eventSource], detail: { callback: { subscribed: [true] } } },
      targets: [new SqsQueue(callbacks.queue, { deadLetterQueue: callbacks.deadLetters })],
    });
  }
}
