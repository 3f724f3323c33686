import { Duration } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';

/** The source of every event that Dialplane publishes. */
export const eventSource = 'dialplane';

/**
 * The bus of call events, with an archive from which they can be replayed. It has no resource policy: only
 * this AWS account publishes and subscribes.
 */
export class CallEventBus extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, props: { readonly archiveDays: number }) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', { description: 'Call events of Dialplane' });
    this.bus.archive('Archive', {
      description: 'Call events of Dialplane, to be replayed',
      eventPattern: { source: [eventSource] },
      retention: Duration.days(props.archiveDays),
    });
  }
}
