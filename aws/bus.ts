/** The event bus. */
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { EVENT_SOURCE } from '../core/event.ts';
import { partsOf } from '../core/parts.ts';
import { clientConfiguration, type Environment, required } from './clients.ts';

/** The bus takes no more in one request. */
const MAX_ENTRIES = 10;
const MAX_TRIES = 4;

export interface BusEvent {
  type: string;
  detail: object;
}

export interface Bus {
  /** Publishes all of them, in order; throws when the bus refused one to the end. */
  publish(events: readonly BusEvent[]): Promise<void>;
}

export function createBus(env: Environment): Bus {
  const client = new EventBridgeClient(clientConfiguration('EVENTBRIDGE', env));
  const EventBusName = required(env, 'BUS_NAME');

  async function put(entries: PutEventsRequestEntry[]): Promise<void> {
    let left = entries;
    for (let attempt = 0; left.length > 0; attempt++) {
      const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: left }));
      const refused = Entries.find(entry => entry.ErrorCode !== undefined);
      if (refused !== undefined && attempt + 1 === MAX_TRIES) {
        throw new Error(`The event bus refused an event: ${refused.ErrorCode}: ${refused.ErrorMessage}`);
      }
      left = left.filter((_, index) => Entries[index]?.ErrorCode !== undefined);
    }
  }

  return {
    async publish(events) {
      const entries = events.map(({ type, detail }) => ({
        EventBusName,
        Source: EVENT_SOURCE,
        DetailType: type,
        Detail: JSON.stringify(detail),
      }));
      for (const part of partsOf(entries, MAX_ENTRIES)) await put(part);
    },
  };
}
