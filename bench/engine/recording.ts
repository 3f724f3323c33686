/** What the handler was given in a call on the local platform, so that its thinking can be done again without its I/O. */
import type { Environment } from '../../aws/clients.ts';
import { createTable, type Item, key } from '../../aws/table.ts';
import type { SmaEvent } from '../../core/wire.ts';
import { createFetch } from '../../lambdas/fetch/fetch.ts';
import { sessionSid } from '../../lambdas/sma-handler/session-sid.ts';
import { createSmaHandler } from '../../lambdas/sma-handler/sma-handler.ts';
import type { BenchCall } from '../calls.ts';
import { createStage } from '../stage.ts';

/** One invocation of the handler. Everything is text, as it is on the wire. */
export interface RecordedEvent {
  event: string;
  atMs: number;
  /** The session's item as it was before; absent for a call that came in just now. */
  item?: Item;
  /** The number that such a call came in to. */
  number?: string;
  /** Documents that came while it was handled, by the id of their request. */
  documents: Record<string, string>;
  /** What the deployed handler answered. */
  answer: string;
}

export async function record(call: BenchCall): Promise<RecordedEvent[]> {
  const recorded: RecordedEvent[] = [];
  let current: RecordedEvent | undefined;
  const stage = await createStage({
    functions: {
      'sma-handler': context => {
        const handle = createSmaHandler(context);
        return async (event: SmaEvent) => {
          const atMs = context.clock.now();
          const entry: RecordedEvent = {
            event: JSON.stringify(event),
            atMs,
            documents: {},
            answer: '',
            ...(await stored(context.env, event)),
          };
          current = entry;
          recorded.push(entry);
          const answer = await handle(event);
          entry.answer = JSON.stringify(answer);
          return answer;
        };
      },
      fetch: context => {
        const fetch = createFetch(context);
        return async (input: Parameters<typeof fetch>[0]) => {
          const output = await fetch(input);
          if (current && 'request' in input && 'result' in output) {
            current.documents[input.request.id] = JSON.stringify(output.result);
          }
          return output;
        };
      },
    },
  });
  try {
    await call.prepare?.(stage);
    await call.run(stage);
    return recorded;
  } finally {
    await stage.close();
  }
}

async function stored(env: Environment, event: SmaEvent): Promise<{ item?: Item; number?: string }> {
  const table = createTable(env);
  const sid = sessionSid(event);
  const item = sid === undefined ? undefined : await table.get(key.call(sid));
  if (item !== undefined) return { item };
  const to = event.CallDetails.Participants[0]?.To ?? '';
  const number = (await table.get(key.number(to)))?.['number']?.S;
  return number === undefined ? {} : { number };
}
