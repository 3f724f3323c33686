import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { createDialPlans } from '../../../aws/dial-plans.ts';
import { createTable } from '../../../aws/table.ts';
import type { CallEvent } from '../../../core/event.ts';
import type { SipTarget } from '../../../core/sip-target.ts';
import { dynamoJournal } from '../../../edge/dynamo-journal.ts';
import { withSipp } from '../sipp/run.ts';
import { pause, request, type Step } from '../sipp/scenario.ts';
import * as uac from '../sipp/uac.ts';
import * as uas from '../sipp/uas.ts';
import { wait } from '../support/agents.ts';
import { freePort } from '../support/ports.ts';
import { asConnector, withCallees } from './support/call.ts';
import { planFor, TOKEN } from './support/edge.ts';
import { answers, joined } from './support/steps.ts';
import { withTable } from './support/table.ts';

const PROGRAM = join(import.meta.dirname, 'support/edge-process.ts');

/** An edge in a process of its own. */
class EdgeProcess {
  readonly events: CallEvent[];
  readonly ready: Promise<void>;
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;

  /** `events`: where what it publishes is added. */
  constructor(env: Readonly<Record<string, string>>, events: CallEvent[]) {
    this.events = events;
    this.#child = spawn(process.execPath, [PROGRAM], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#gone = new Promise(resolve => this.#child.once('exit', () => resolve()));
    this.ready = new Promise(resolve => {
      createInterface({ input: this.#child.stdout as NodeJS.ReadableStream }).on('line', line => {
        const [word = '', value] = [line.split(' ', 1)[0], line.slice(line.indexOf(' ') + 1)];
        if (word === 'ready') resolve();
        else if (word === 'event') events.push(JSON.parse(value) as CallEvent);
        else console.error(line);
      });
    });
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone;
  }
}

interface Parties {
  readonly caller: readonly Step[];
  readonly callee: readonly Step[];
  readonly target?: Partial<SipTarget>;
}

/** A call is bridged, the edge is killed and started again, and the two go on; gives what was told of it. */
async function killedInACall({ caller, callee, target }: Parties): Promise<string[]> {
  const events: CallEvent[] = [];
  await withTable(async env => {
    const ports = { INSIDE_PORT: String(await freePort()), OUTSIDE_PORT: String(await freePort()) };
    const table = createTable(env);
    const plans = createDialPlans(table);
    const journal = dynamoJournal(table, 'edge-1', Date.now);
    const edges = [new EdgeProcess({ ...env, ...ports }, events)];
    try {
      await edges[0]?.ready;
      await withCallees([{ steps: callee, ...(target && { target }) }], undefined, async ([ringing]) => {
        await plans.put(planFor([ringing?.target ?? {}], {}, Date.now()), Date.now());
        await withSipp(
          { steps: asConnector(caller), transport: 'UDP' },
          `127.0.0.1:${ports.INSIDE_PORT}`,
          async ({ done }) => {
            await bridged();
            await edges[0]?.kill();
            edges.push(new EdgeProcess({ ...env, ...ports }, events));
            await edges[1]?.ready;
            await Promise.all([done, ringing?.sipp.done]);
          },
        );
      });
      await until(async () => (await journal.all()).length === 0);
      await until(async () => events.some(({ detail }) => detail.call.status === 'completed'));
      const stored = await plans.get(TOKEN);
      expect(stored?.report?.calls[0]?.status).toBe('completed');
    } finally {
      for (const edge of edges) await edge.kill();
    }

    async function bridged(): Promise<void> {
      await until(async () => (await journal.all()).some(({ kind }) => kind === 'bridge'));
    }
  });
  const ids = new Set<string>();
  return events
    .filter(({ detail }) => !ids.has(detail.metadata.id) && ids.add(detail.metadata.id))
    .map(({ type }) => type);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 60) throw new Error('It did not come in three seconds.');
    await wait(50);
  }
}

/** Longer than the edge is away. */
const away = pause(1_500);
const TOLD = ['Call Ringing', 'Call Answered', 'Call Completed'];

test('an edge is killed in a bridged call and started again: the caller’s BYE ends the target’s leg', async () => {
  const told = await killedInACall({
    caller: [...joined, away, ...uac.bye(2)],
    callee: [...answers, ...uas.byeOfPeer],
  });
  expect(told).toEqual(TOLD);
});

test('an edge is killed in a bridged call and started again: the target’s BYE ends the caller’s leg', async () => {
  const told = await killedInACall({
    caller: [...joined, ...uac.byeOfPeer],
    callee: [...answers, away, ...uas.bye(1)],
  });
  expect(told).toEqual(TOLD);
});

test('an edge is killed in a bridged call and started again: a BYE that is sent meanwhile is heard when it is back', async () => {
  const told = await killedInACall({
    caller: [...joined, pause(600), ...uac.bye(2)],
    callee: [...answers, ...uas.byeOfPeer],
  });
  expect(told).toEqual(TOLD);
});

test('an edge is killed in a bridged call and started again: UPDATEs go on, with a higher CSeq', async () => {
  const told = await killedInACall({
    caller: [...joined, ...uac.byeOfPeer],
    callee: [
      uas.invite,
      uas.ok({ headers: ['Allow: INVITE, ACK, BYE, CANCEL, UPDATE'] }),
      uas.ack,
      request('UPDATE', { must: 'CSeq: 1[0-9][0-9] UPDATE' }),
      uas.reply(200, 'OK'),
      ...uas.bye(1),
    ],
    target: { updateSeconds: 3 },
  });
  expect(told).toEqual(TOLD.slice(1));
});
