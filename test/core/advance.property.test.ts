/** The engine against a small model of the voice service: whatever documents say and legs do, what always holds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Call, CallbackEvent, WebTarget } from '../../core/call.ts';
import type { DocumentResult } from '../../core/document.ts';
import type { EventType } from '../../core/event.ts';
import { createSession, type Entry } from '../../core/session.ts';
import type { LaidOutVerb, NumberTarget } from '../../core/verb.ts';
import { CALLER, OWN_NUMBER, ROOT_SID, START_MS } from '../support/engine-call.ts';
import { VoiceModel } from '../support/voice-model.ts';

const EVENTS: CallbackEvent[] = [
  'queued',
  'initiated',
  'ringing',
  'answered',
  'in-progress',
  'joined',
  'completed',
];
const target: fc.Arbitrary<WebTarget> = fc.record({
  url: fc.constantFrom('https://example.com/a', 'https://example.com/b'),
  method: fc.constantFrom('GET', 'POST'),
});
const callback = fc.record({
  url: fc.constant('https://example.com/events'),
  method: fc.constant('POST' as const),
  events: fc.subarray(EVENTS),
});
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
/** Leaves out what is undefined, as JSON does. */
const compact = <T extends object>(arbitrary: fc.Arbitrary<T>) =>
  arbitrary.map(value => JSON.parse(JSON.stringify(value)) as T);

const text = fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom('Hello. ', ' ', 'x'.repeat(2_500)));
const loop = fc.constantFrom(1, 1, 1, 1, 1, 1, 2, 15, 1_000_000, 0);
const dialTarget = compact(
  fc.record({
    kind: fc.constant('number' as const),
    number: fc.constantFrom('+12025550107', '+12025550101'),
    callback: maybe(callback),
    sendDigits: maybe(fc.constantFrom('1', 'ww2#', '3'.repeat(700), '')),
  }),
) as fc.Arbitrary<NumberTarget>;

const answer = fc.constantFrom('document', 'document', 'notice');
const play = fc.record({
  url: fc.constant('https://example.com/a.wav'),
  audio: maybe(fc.constantFrom({ bucket: 'audio', key: 'a.wav' }, { error: 'the server answered 404' })),
  loop,
  needed: maybe(fc.constant(true)),
});
const spoken = fc.record({
  parts: fc.array(text, { maxLength: 3 }),
  ssml: maybe(fc.constant(true)),
  loop,
});
const silence = fc.record({ lengthSeconds: fc.constantFrom(0, 0.01, 1, 1, 1, 45, 400, 1e9) });
const prompt = fc.oneof(
  ...Object.entries({ Say: spoken, Play: play, Pause: silence }).map(([name, rest]) =>
    (rest as fc.Arbitrary<object>).map(fields => ({ verb: name, ...fields })),
  ),
);

const VERBS: { readonly [N in LaidOutVerb['verb']]: fc.Arbitrary<Record<string, unknown>> } = {
  Answer: fc.record({}),
  Say: spoken,
  Play: play,
  SendDigits: fc.record({ digits: fc.constantFrom('', '1w2', '*'.repeat(120)), loop }),
  Pause: silence,
  Gather: fc.record({
    prompts: fc.array(prompt, { maxLength: 3 }),
    firstKeyTimeoutSeconds: fc.constantFrom(0, 0.01, 5, 5, 70),
    nextKeyTimeoutSeconds: fc.constantFrom(0, 2, 40),
    finishOnKeys: fc.constantFrom('', '#', '#', '0123456789*#'),
    maxDigits: fc.constantFrom(1, 1, 4, 99),
    validKeys: maybe(fc.constantFrom('12', '')),
    invalid: maybe(play.map(fields => ({ verb: 'Play', ...fields }))),
    startKeys: maybe(fc.constant('1*')),
    tries: fc.constantFrom(1, 1, 3),
    action: maybe(target),
    onNothing: fc.constantFrom('continue', 'ask'),
    answer,
  }),
  DialNumber: fc.record({
    targets: fc.array(dialTarget, { maxLength: 3 }),
    callerId: maybe(fc.constant('+12025550111')),
    timeoutSeconds: fc.constantFrom(0, 30, 600),
    timeLimitSeconds: fc.constantFrom(60, 14_400),
    alternatives: maybe(fc.constantFrom(1, 2)),
    hangupOnStar: fc.boolean(),
    ringback: maybe(fc.oneof(target, fc.constant({ bucket: 'audio', key: 'a.wav' }))),
    action: maybe(target),
    answer,
    afterwards: fc.constantFrom('continue', 'continue', 'hangup'),
  }),
  // Without a SIP edge around it says that there is none, and goes on.
  DialEdge: fc.record({
    targets: fc.constant([]),
    timeoutSeconds: fc.constant(30),
    timeLimitSeconds: fc.constant(60),
    hangupOnStar: fc.boolean(),
    action: maybe(target),
    answer,
    afterwards: fc.constantFrom('continue', 'hangup'),
  }),
  Redirect: fc.record({ target }),
  Hangup: fc.record({}),
  HangupLater: fc.record({ afterSeconds: fc.constantFrom(1, 60) }),
  Reject: fc.record({ reason: fc.constantFrom('rejected', 'busy') }),
};

/** How often each is drawn; what ends a document early is rare. */
const WEIGHTS: Partial<Record<string, number>> = { Say: 4, Pause: 4, Gather: 3, DialNumber: 16, Redirect: 4 };
const verb = fc.oneof(
  ...Object.entries(VERBS).map(([name, rest]) => ({
    weight: WEIGHTS[name] ?? 1,
    arbitrary: rest.map(fields => ({ verb: name, ...fields })),
  })),
) as fc.Arbitrary<unknown>;
const verbs = compact(fc.array(verb, { minLength: 1, maxLength: 8, size: 'max' })) as fc.Arbitrary<
  LaidOutVerb[]
>;
const documentResult: fc.Arbitrary<DocumentResult> = fc.oneof(
  { weight: 20, arbitrary: verbs.map(each => ({ verbs: each })) },
  {
    weight: 1,
    arbitrary: fc.constant({
      error: { code: 11200, message: 'The server answered 500.', reason: 'unreachable' as const },
    }),
  },
);
const entry: fc.Arbitrary<Entry> = fc.oneof(
  verbs.map(each => ({ verbs: each })),
  compact(fc.record({ target, fallback: maybe(target) })) as fc.Arbitrary<Entry>,
);

const settings = fc.record({
  direction: fc.constantFrom('inbound' as const, 'outbound-api' as const),
  entry,
  callback,
  isClaimed: fc.boolean(),
  documents: fc.array(documentResult, { minLength: 1, maxLength: 6, size: 'max' }),
  entries: fc.array(entry, { minLength: 1, maxLength: 3 }),
  lots: fc.noBias(fc.array(fc.nat(), { minLength: 10, maxLength: 80, size: 'max' })),
});
type Settings = typeof settings extends fc.Arbitrary<infer T> ? T : never;

/** A whole call: some things happen by chance, then everybody holds still until the engine has ended it. */
function live({
  direction,
  entry: begin,
  callback: subscribed,
  isClaimed,
  documents,
  entries,
  lots,
}: Settings) {
  const [to, from] = direction === 'inbound' ? [OWN_NUMBER, CALLER] : [CALLER, OWN_NUMBER];
  const created = createSession({
    sid: ROOT_SID,
    accountSid: `AC${'a'.repeat(32)}`,
    dialect: 'test',
    direction,
    to,
    from,
    entry: begin,
    callback: subscribed,
    timeLimitSeconds: 3_600,
    nowMs: START_MS,
  });
  if (isClaimed) created.session.claimedAtMs = START_MS;
  let drawn = 0;
  const pick = (below: number) => (lots[drawn++ % lots.length] ?? 0) % below;
  const chance = {
    pick,
    document: () => documents[pick(documents.length)] as DocumentResult,
    entry: () => entries[pick(entries.length)] as Entry,
  };
  const model = new VoiceModel(created, chance, START_MS);
  for (let n = 0; n < lots.length && !model.isOver; n++) {
    model.step();
    model.checkIdle();
    model.checkLeftAlone();
  }
  model.settle();
  return model;
}

const REPEATS_A_STATUS: readonly EventType[] = [
  'Dial Completed',
  'Call In Progress',
  'Call Joined',
  'Document Failed',
];

const RUNS = 300;

function always(check: (model: VoiceModel) => void): void {
  fc.assert(
    fc.property(settings, each => {
      check(live(each));
    }),
    { numRuns: RUNS },
  );
}

const ofCall = (model: VoiceModel, { sid }: Call) =>
  model.events.filter(({ detail }) => detail.call.sid === sid);

describe('whatever its document says and its legs do, a call', () => {
  it('never breaks a rule of the voice service, is never left idle, and comes to an end', () => {
    always(model => expect(model.faults).toEqual([]));
  });

  it('has exactly one Call Completed for each leg that was announced', () => {
    always(model => {
      const announced = new Set(model.events.map(({ detail }) => detail.call.sid));
      const completed = model.events.filter(({ type }) => type === 'Call Completed');

      expect(completed.map(({ detail }) => detail.call.sid).sort()).toEqual([...announced].sort());
    });
  });

  it('numbers its events, and what each subscriber gets, 0, 1, 2, …', () => {
    always(model => {
      for (const call of model.session.calls) {
        const events = ofCall(model, call);
        const callbacks = events.flatMap(({ detail }) => (detail.callback ? [detail.callback] : []));

        expect(events.map(({ detail }) => detail.metadata.sequenceNumber)).toEqual(events.map((_, n) => n));
        expect(callbacks.map(({ sequenceNumber }) => sequenceNumber)).toEqual(callbacks.map((_, n) => n));
      }
    });
  });

  it('gives each event an identifier of its own', () => {
    always(model => {
      const ids = model.events.map(({ detail }) => detail.metadata.id);

      expect(new Set(ids).size).toBe(ids.length);
    });
  });

  it('announces no status twice, and none that goes back', () => {
    const order = ['queued', 'initiated', 'ringing', 'in-progress'];
    always(model => {
      for (const call of model.session.calls) {
        const ranks = ofCall(model, call)
          .filter(({ type }) => !REPEATS_A_STATUS.includes(type))
          .map(({ detail }) => order.indexOf(detail.call.status))
          .map(rank => (rank === -1 ? order.length : rank));

        expect(ranks).toEqual([...new Set(ranks)].sort((a, b) => a - b));
      }
    });
  });

  it('fits into one item of the call table', () => {
    always(model => expect(JSON.stringify(model.session).length).toBeLessThan(200_000));
  });

  it('is varied enough here to say so', () => {
    const lives = fc.sample(settings, { numRuns: RUNS, seed: 1 }).map(live);
    const share = (happened: (model: VoiceModel) => boolean) => lives.filter(happened).length / RUNS;

    const shares = {
      dialled: share(({ session }) => session.calls.length > 1),
      bridged: share(({ session }) => session.calls.slice(1).some(call => call.answeredAtMs !== undefined)),
      toldAside: share(({ asides }) => asides > 0),
      asked: share(({ requests }) => requests.size > 1),
    };

    expect(Object.entries(shares).filter(([, each]) => each < 0.05)).toEqual([]);
  });
});
