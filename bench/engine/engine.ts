/** How fast the engine thinks, and how fast documents become verbs. One core: nothing here waits. */
import assert from 'node:assert/strict';
import { parseXML } from '@aws-sdk/xml-builder';
import { SaxesParser } from 'saxes';
import { Bench } from 'tinybench';
import { parse } from '../../dialects/signalwire/markup/document.ts';
import { type BenchCall, DIALLING_DOCUMENT, DOCUMENT, TOLD_CALLBACK } from '../calls.ts';
import type { Figure, Suite } from '../suite.ts';
import { type RecordedEvent, record } from './recording.ts';
import { floor, replay } from './replay.ts';

const EVENTS_PER_SECOND = 20_000;
const DOCUMENT_MICROSECONDS = 20;
const MEASURE_MS = 1_000;
const WARM_UP_MS = 500;

export const engine: Suite = async () => [
  ...(await eventsOf('callback', TOLD_CALLBACK)),
  ...(await eventsOf('cXML call', DIALLING_DOCUMENT)),
  ...(await documents()),
];

async function eventsOf(name: string, call: BenchCall): Promise<Figure[]> {
  const events = await record(call);
  await assertSameAnswers(events);
  const times = await microseconds({
    engine: async () => {
      for (const event of events) await replay(event);
    },
    floor: () => {
      for (const event of events) floor(event);
    },
  });
  const aSecond = (us: number) => (events.length * 1e6) / us;
  return [
    {
      what: `engine, events of a ${name}`,
      value: aSecond(times.engine),
      unit: 'events/s',
      target: { atLeast: EVENTS_PER_SECOND },
      beside: { what: 'JSON.parse and JSON.stringify of the same texts', value: aSecond(times.floor) },
    },
  ];
}

/** The benchmark is only worth something if it does what the deployed handler did. */
async function assertSameAnswers(events: readonly RecordedEvent[]): Promise<void> {
  assert(events.length > 3);
  for (const event of events) {
    const { Actions } = JSON.parse(event.answer);
    assert.deepEqual(JSON.parse(await replay(event)).Actions, Actions);
  }
}

async function documents(): Promise<Figure[]> {
  const source = {
    body: DOCUMENT,
    contentType: 'application/xml',
    url: 'https://example.com/voice',
    nowMs: Date.UTC(2026, 0, 1),
  };
  assert.equal(DOCUMENT.split('\n').length, 12);
  assert.deepEqual(
    parse(source).verbs.map(({ verb }) => verb),
    ['Say', 'Pause', 'Dial'],
  );
  const times = await microseconds({
    parse: () => parse(source),
    sdk: () => parseXML(DOCUMENT),
    saxes: () => new SaxesParser().write(DOCUMENT).close(),
  });
  const figure = (what: string, value: number): Figure => ({
    what: 'document of twelve lines to verbs',
    value: times.parse,
    unit: 'µs',
    target: { atMost: DOCUMENT_MICROSECONDS },
    beside: { what, value },
  });
  return [
    figure('the XML parser of the AWS SDK, to an object', times.sdk),
    figure('saxes with nobody listening', times.saxes),
  ];
}

/** The processor time of each task, one after the other in one run: what else the machine does is not in it. */
async function microseconds<N extends string>(tasks: Record<N, () => unknown>): Promise<Record<N, number>> {
  const bench = new Bench({ time: MEASURE_MS, warmupTime: WARM_UP_MS });
  const used = new Map<string, number>();
  for (const [name, task] of Object.entries<() => unknown>(tasks)) {
    let before = process.threadCpuUsage();
    bench.add(name, task, {
      beforeAll: () => {
        before = process.threadCpuUsage();
      },
      // Once after the warm-up, and then after what counts.
      afterAll: () => {
        const { user, system } = process.threadCpuUsage();
        used.set(name, user + system - before.user - before.system);
      },
    });
  }
  await bench.run();
  return Object.fromEntries(
    bench.tasks.map(({ name, result, runs }) => {
      if (!('latency' in result)) throw new Error(`${name} could not be measured: ${result.state}`);
      return [name, (used.get(name) ?? Number.NaN) / runs];
    }),
  ) as Record<N, number>;
}
