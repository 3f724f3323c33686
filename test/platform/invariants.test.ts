/**
 * The invariants of the architecture, 1 to 5 and 8: random calls on the whole platform, with functions killed between any two
 * of their steps and invoked again.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSessions } from '../../aws/sessions.ts';
import { createTable } from '../../aws/table.ts';
import { isOver } from '../../core/call.ts';
import { sine, wavFile, writers } from '../core/audio/sounds.ts';
import { Crashes } from '../support/crashes.ts';
import {
  PHONES,
  type Scenario,
  type ScriptedDocument,
  type ScriptedVerb,
  scenarios,
} from '../support/scenarios.ts';
import { type BusEntry, OWN, TestPlatform } from '../support/test-platform.ts';

const NUMBERS = Array.from({ length: PHONES }, (_, index) => `+1202555012${index}`);
const URL_PASSWORD = 'kept-between-us';
const DEAD_LETTERS = { QueueUrl: '/000000000000/dialplane-callbacks-dead-letters' };
/** Longer than the longest call, and than the longest series of retries. */
const A_DAY_MS = 24 * 60 * 60 * 1000;
const UNHURRIED_MS = 10 * 60 * 1000;

describe('the invariants', () => {
  let crashes: Crashes;
  let test: TestPlatform;
  let runs = 0;
  const logged: string[] = [];

  beforeAll(async () => {
    for (const stream of ['log', 'error', 'warn'] as const) {
      vi.spyOn(console, stream).mockImplementation((...line) => void logged.push(line.join(' ')));
    }
    crashes = await Crashes.start();
    test = await TestPlatform.start({
      functions: crashes.functions,
      handsets: Object.fromEntries(NUMBERS.map(number => [number, {}])),
      env: { LOG_LEVEL: 'debug' },
    });
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    expect(test.malformed).toEqual([]);
    await test.close();
    await crashes.close();
  });

  /** Puts documents on the customer's server, each under a path of its own: whatever is asked twice shows. */
  class Stage {
    readonly paths: string[] = [];
    readonly #run: number;

    constructor(run: number) {
      this.#run = run;
    }

    url(document: ScriptedDocument): string {
      const path = `/run-${this.#run}/document-${this.paths.length}`;
      this.paths.push(path);
      const xml = this.xml(document);
      return test.customer.on(path, async () => {
        if (document.delayMs > 0) await test.clock.answerAfter(document.delayMs);
        if (document.failure === 'status') return { status: 500 };
        if (document.failure === 'xml') return '<Response>';
        if (document.failure === 'hang-up') return { breaks: true };
        return xml;
      });
    }

    xml({ verbs }: ScriptedDocument): string {
      return `<Response>${verbs.map(verb => this.#verb(verb)).join('')}</Response>`;
    }

    #verb(verb: ScriptedVerb): string {
      switch (verb.verb) {
        case 'Say':
          return '<Say>Something is said.</Say>';
        case 'Pause':
          return `<Pause length="${verb.seconds}"/>`;
        case 'Play':
          return `<Play>${test.customer.url}/${verb.broken ? 'gone' : 'tone'}.wav</Play>`;
        case 'Digits':
          return '<Play digits="1w2"/>';
        case 'Hangup':
        case 'Reject':
          return `<${verb.verb}/>`;
        case 'Redirect':
          return `<Redirect>${this.url(verb.document)}</Redirect>`;
        case 'Dial': {
          const action = verb.action ? ` action="${this.url(verb.action)}"` : '';
          const star = verb.star ? ' hangupOnStar="true"' : '';
          const numbers = verb.phones.map(
            phone =>
              `<Number statusCallback="${statusUrl()}" statusCallbackEvent="initiated answered completed">${NUMBERS[phone]}</Number>`,
          );
          return `<Dial timeout="${verb.timeout}" timeLimit="${verb.timeLimit}"${action}${star}>${numbers.join('')}</Dial>`;
        }
      }
    }
  }

  const statusUrl = () => `${test.customer.url.replace('//', `//user:${URL_PASSWORD}@`)}/status`;

  /** Asks until it is answered, as a client with an Idempotency-Key may. */
  async function persistently(ask: () => Promise<{ status: number; body: unknown }>): Promise<unknown> {
    for (let tries = 0; tries < 8; tries++) {
      const { status, body } = await ask();
      if (status < 500) return body;
      expect(JSON.stringify(body)).not.toContain(test.platform.info.authToken);
    }
    throw new Error('There was never an answer.');
  }

  async function begin(scenario: Scenario, stage: Stage): Promise<string | undefined> {
    const key = { 'idempotency-key': `run-${runs}` };
    const [a = '', b = ''] = NUMBERS;
    if (scenario.begin === 'callback') {
      const body = await persistently(() =>
        test.api('/voice/call/callback', {
          json: {
            leg_A: { to: a, from: OWN },
            leg_B: { to: b, from: OWN },
            status_callback: statusUrl(),
            timeout: scenario.timeout,
            time_limit: scenario.timeLimit,
          },
          headers: key,
        }),
      );
      return `CA${(body as { request_id: string }).request_id.replaceAll('-', '')}`;
    }
    if (scenario.begin === 'inbound') {
      test.platform.handsets.dial(a, OWN);
      return undefined;
    }
    const source: Record<string, string> =
      scenario.begin === 'url'
        ? { Url: stage.url(scenario.document) }
        : { Twiml: stage.xml(scenario.document) };
    if (scenario.begin === 'url' && scenario.fallback) source['FallbackUrl'] = stage.url(scenario.fallback);
    const body = await persistently(() =>
      test.api(`${test.accountPath}/Calls.json`, {
        form: {
          To: a,
          From: OWN,
          Timeout: String(scenario.timeout),
          TimeLimit: String(scenario.timeLimit),
          StatusCallback: statusUrl(),
          StatusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
          ...source,
        },
        headers: key,
      }),
    );
    return (body as { sid: string }).sid;
  }

  async function play(scenario: Scenario): Promise<Stage> {
    const stage = new Stage(++runs);
    const answers = [...scenario.answers];
    test.customer.on('/status', () => {
      const status = answers.shift() ?? 200;
      return status === 0 ? { breaks: true } : { status };
    });
    test.customer.on('/gone.wav', { status: 404 });
    test.customer.on('/tone.wav', {
      headers: { 'content-type': 'audio/wav' },
      body: wavFile(writers.s16le(sine(440, 8_000, 0.2))),
    });
    scenario.scripts.forEach((script, phone) => {
      test.platform.handsets.setScript(NUMBERS[phone] as string, script);
    });
    if (scenario.begin === 'inbound') {
      await test.number(OWN, { VoiceUrl: stage.url(scenario.document), StatusCallback: statusUrl() });
    }
    crashes.reset();
    crashes.plan = point =>
      scenario.crashes.find(crash => crash.functionName === point.functionName && crash.step === point.step)
        ?.when;

    const callSid = await begin(scenario, stage);
    const startMs = test.clock.now();
    const moments = [
      ...scenario.updates.map(update => ({
        atMs: update.afterMs,
        task: () => change(update, stage, callSid),
      })),
      ...scenario.byHand.map(({ afterMs, phone, press }) => ({
        atMs: afterMs,
        task: async () => useByHand(NUMBERS[phone] as string, press),
      })),
    ].sort((one, other) => one.atMs - other.atMs);
    for (const { atMs, task } of moments) {
      await test.clock.advance(Math.max(0, startMs + atMs - test.clock.now()));
      await task();
    }
    await test.settled();
    for (const number of NUMBERS) useByHand(number, undefined);
    await test.clock.advance(A_DAY_MS);
    await test.settled();
    return stage;
  }

  async function change(
    { of, change }: Scenario['updates'][number],
    stage: Stage,
    callSid: string | undefined,
  ): Promise<void> {
    const root = callSid ?? test.bus.at(0)?.detail.call.sid;
    if (root === undefined) return;
    const form: Record<string, string> =
      typeof change === 'string' ? { Status: change } : { Url: stage.url(change) };
    const { status } = await test.update(of === 'root' ? root : `${root.slice(0, -4)}0001`, form);
    const wasKilled = crashes.struck.some(({ functionName }) => functionName === 'api');
    expect(status < 500 || wasKilled).toBe(true);
  }

  function useByHand(number: string, press: string | undefined): void {
    try {
      if (press === undefined) test.platform.handsets.hangUp(number);
      else test.platform.handsets.press(number, press);
    } catch {
      // It is in no call just now.
    }
  }

  /** Everything that a run has left behind, checked. */
  async function check(scenario: Scenario, stage: Stage): Promise<void> {
    const busy = test.platform.handsets.list().filter(({ state }) => state !== 'idle');
    expect({ legs: test.platform.runtime.activeTransactions, busy }).toEqual({ legs: [], busy: [] });

    const published = new Map<string, BusEntry>();
    for (const entry of test.bus) {
      const before = published.get(entry.id);
      if (before === undefined) published.set(entry.id, entry);
      else if (!entry.type.startsWith('Callback')) expect(entry).toEqual(before);
    }
    const roots = new Set([...published.values()].map(({ detail }) => `${detail.call.sid.slice(0, -4)}0000`));
    const env = { ...test.platform.aws.env('test'), TABLE_NAME: 'dialplane' };
    const sessions = createSessions(createTable(env));
    for (const root of roots) {
      const calls = (await sessions.get(root))?.session.calls ?? [];
      expect(calls.length).toBeGreaterThan(0);
      for (const call of calls) {
        const own = Array.from({ length: call.nextEvent }, (_, n) => published.get(`${call.sid}-${n}`));
        const types = own.map(entry => entry?.type);
        expect(isOver(call), `${call.sid} is over: ${call.status}`).toBe(true);
        expect(types, 'every event is published').not.toContain(undefined);
        expect(types.filter(type => type === 'Call Completed')).toHaveLength(1);
        const times = own.map(entry => String(entry?.detail.metadata['occurredAt' as 'id']));
        expect(times).toEqual([...times].sort());
      }
    }
    if (scenario.begin !== 'inbound') expect(roots.size).toBe(1);

    for (const path of stage.paths) expect(test.customer.asked(path).length).toBeLessThanOrEqual(1);
    await checkCallbacks([...published.values()]);
  }

  async function checkCallbacks(published: BusEntry[]): Promise<void> {
    const dead = await deadLetters();
    const received = new Set(
      test.customer
        .asked('/status')
        .map(({ parameters: p }) =>
          p['CallSid'] === undefined
            ? `CA${p['call_id']?.replaceAll('-', '')} ${p['sequence_number']}`
            : `${p['CallSid']} ${p['SequenceNumber']}`,
        ),
    );
    const settled = new Set(
      test.bus
        .filter(({ type }) => type.startsWith('Callback'))
        .map(({ detail }) => (detail['delivery'] as { eventId: string }).eventId),
    );
    for (const { id, detail } of published) {
      if (detail.callback === undefined) continue;
      expect(received).toContain(`${detail.call.sid} ${detail.callback.sequenceNumber}`);
      expect([...settled, ...dead]).toContain(id);
    }
  }

  async function deadLetters(): Promise<string[]> {
    const ids: string[] = [];
    for (;;) {
      const { Messages = [] } = (await test.platform.aws.fauxqs.sqs('ReceiveMessage', {
        ...DEAD_LETTERS,
        MaxNumberOfMessages: 10,
      })) as { Messages?: { Body: string; ReceiptHandle: string }[] };
      if (Messages.length === 0) return ids;
      for (const { Body, ReceiptHandle } of Messages) {
        ids.push(JSON.parse(Body).detail.metadata.id);
        await test.platform.aws.fauxqs.sqs('DeleteMessage', { ...DEAD_LETTERS, ReceiptHandle });
      }
    }
  }

  function forget(): void {
    test.troubles.splice(0);
    test.bus.splice(0);
    test.customer.reset();
    crashes.plan = () => undefined;
  }

  async function hold(arbitrary: fc.Arbitrary<Scenario>, numRuns: number): Promise<void> {
    await fc.assert(
      fc
        .asyncProperty(arbitrary, async scenario => {
          const stage = await play(scenario);
          await check(scenario, stage);
        })
        .afterEach(forget),
      // FC_RUNS takes one through as many calls as there is patience for.
      { numRuns: Number(process.env['FC_RUNS'] ?? numRuns) },
    );
  }

  it('hold for any call, whatever phones, servers and owners do', () => hold(scenarios(0), 10), UNHURRIED_MS);

  it('hold with functions killed between any two steps', () => hold(scenarios(4), 22), UNHURRIED_MS);

  it('keep secrets out of every log line, timeline and answer', () => {
    const timelines = test.platform.timelines.calls.map(({ callSid }) =>
      test.platform.timelines.get(callSid),
    );
    const everything = [...logged, JSON.stringify(timelines)].join('\n');
    expect(logged.length).toBeGreaterThan(0);
    expect(everything.length).toBeGreaterThan(10_000);
    for (const secret of [test.platform.info.authToken, URL_PASSWORD])
      expect(everything).not.toContain(secret);
  });
});
