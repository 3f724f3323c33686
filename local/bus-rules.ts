import { AWS_ACCOUNT_ID } from './aws/identity.ts';
import type { LocalAws } from './aws/local-aws.ts';
import type { PlatformClock } from './clock/platform-clock.ts';
import { QUEUES } from './queues.ts';
import type { Timelines } from './timeline/timelines.ts';

/** The deployed rule's pattern: call events that somebody subscribed to. */
export const SUBSCRIBED_CALLBACKS = {
  source: ['dialplane'],
  detail: { callback: { subscribed: [true] } },
};

/** The bus with its two rules: everything to the timelines, and what was subscribed to into the callbacks queue. */
export function connectBus(busName: string, aws: LocalAws, clock: PlatformClock, timelines: Timelines): void {
  const { eventBridge, fauxqs, usage } = aws;
  const { name } = QUEUES.callbacks;
  eventBridge.createBus(busName);
  eventBridge.putRule({
    busName,
    name: 'timelines',
    pattern: { source: [{ exists: true }] },
    target: event => timelines.noteBusEvent(event, clock.now()),
  });
  eventBridge.putRule({
    busName,
    name: 'subscribed-callbacks',
    pattern: SUBSCRIBED_CALLBACKS,
    async target(event) {
      const release = clock.hold('rule subscribed-callbacks');
      try {
        const MessageBody = JSON.stringify(event);
        await fauxqs.sqs('SendMessage', { QueueUrl: `/${AWS_ACCOUNT_ID}/${name}`, MessageBody });
        usage.noteRuleDelivery(name, Buffer.byteLength(MessageBody));
      } finally {
        release();
      }
    },
  });
}
