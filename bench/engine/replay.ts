/** The handler's whole thinking over one event: event and session as text in, session and answer as text out. */
import { createSessions, type Sessions } from '../../aws/sessions.ts';
import type { Item, Table } from '../../aws/table.ts';
import { advance, type Step } from '../../core/advance.ts';
import type { DocumentResult } from '../../core/document.ts';
import type { PhoneNumber } from '../../core/operation.ts';
import { SCHEMA_VERSION, type SmaEvent } from '../../core/wire.ts';
import { arrivalByPhone, inboundSession } from '../../lambdas/sma-handler/inbound.ts';
import { sessionSid } from '../../lambdas/sma-handler/session-sid.ts';
import type { RecordedEvent } from './recording.ts';

export async function replay({ event, atMs, item, number, documents }: RecordedEvent): Promise<string> {
  const smaEvent = JSON.parse(event) as SmaEvent;
  const sessions = sessionsAt(item);
  const stored = (await sessions.get(sessionSid(smaEvent) ?? '')) ?? received(smaEvent, number, atMs);
  let step = advance(stored.session, { kind: 'event', event: smaEvent, nowMs: atMs });
  while (step.request !== undefined) {
    const { id } = step.request;
    const document = documents[id];
    if (document === undefined) break;
    const result = JSON.parse(document) as DocumentResult;
    step = together(step, advance(step.session, { kind: 'document', id, result, nowMs: atMs }));
  }
  const response = { SchemaVersion: SCHEMA_VERSION, Actions: step.actions };
  const { session, events, notices } = step;
  const handled = { sequence: smaEvent.Sequence, response, events, notices };
  await sessions.save({ ...stored, session, handled }, atMs);
  return JSON.stringify(response);
}

/** What no engine could do without: the same texts read and written. */
export function floor({ event, item = {}, documents, answer }: RecordedEvent): string {
  JSON.stringify(JSON.parse(event));
  for (const { S } of Object.values(item)) if (S?.startsWith('{')) JSON.stringify(JSON.parse(S));
  for (const document of Object.values(documents)) JSON.parse(document);
  return JSON.stringify(JSON.parse(answer));
}

/** The call table's codec, with an item at hand in the table's place. */
function sessionsAt(item: Item | undefined): Sessions {
  return createSessions({ get: async () => item, put: async () => {} } as unknown as Table);
}

function received(event: SmaEvent, number: string | undefined, nowMs: number) {
  const arrival = arrivalByPhone(event);
  if (number === undefined || arrival === undefined) throw new Error('A call came in to nobody.');
  const { session } = inboundSession(arrival, JSON.parse(number) as PhoneNumber, nowMs);
  return { session, version: 0 };
}

const together = (first: Step, second: Step): Step => ({
  ...second,
  events: [...first.events, ...second.events],
  notices: [...first.notices, ...second.notices],
});
