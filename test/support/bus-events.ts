import * as z from 'zod';
import { BUS_EVENTS, type BusEventType } from '../../dialects/bus-events.ts';

/** What an event's `detail` has that its schema does not know, or the other way round; undefined for a sound one. */
export function busEventFault(type: string, detail: unknown): string | undefined {
  const described = BUS_EVENTS[type as BusEventType];
  if (described === undefined) return `${type} is no event of the bus.`;
  const { error } = described.schema.safeParse(detail);
  return error && `${type}: ${z.prettifyError(error)} ${JSON.stringify(detail)}`;
}
