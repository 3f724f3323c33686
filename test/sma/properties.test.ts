/** What must hold whatever phones and handlers do. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SmaEvent } from '../../sma/contract/event.ts';
import type { HandsetScript } from '../../sma/network/handset-script.ts';
import { ACCOUNT_NUMBER, actions, audio, type Handler, NOTHING, pstn, Scene } from './support/scene.ts';

const CALLER = '+12025550150';
const CALLEES = ['+12025550151', '+12025550152'];

const seconds = fc.integer({ min: 0, max: 8 });
const behaviour: fc.Arbitrary<HandsetScript> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ ringSeconds: seconds, sipCode: fc.constantFrom(404, 486, 503, 603) }) },
  { weight: 1, arbitrary: fc.record({ ringSeconds: seconds, answer: fc.constant(false) }) },
  {
    weight: 6,
    arbitrary: fc.record(
      {
        ringSeconds: fc.integer({ min: 0, max: 3 }),
        digits: fc.stringMatching(/^[0-9*#]{1,4}$/),
        digitsAfterSeconds: seconds,
        hangUpAfterSeconds: fc.integer({ min: 0, max: 40 }),
      },
      { requiredKeys: ['ringSeconds'] },
    ),
  },
);

const leg: fc.Arbitrary<object> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: fc.constant({ ParticipantTag: 'LEG-A' }) },
  { weight: 2, arbitrary: fc.constant({ ParticipantTag: 'LEG-B' }) },
  { weight: 1, arbitrary: fc.constant({ CallId: 'nobody' }) },
);
const legAction = (type: string, parameters: object): fc.Arbitrary<[string, object]> =>
  leg.map(selector => [type, { ...parameters, ...selector }]);
const action: fc.Arbitrary<[string, object]> = fc.oneof(
  legAction('Pause', { DurationInMilliseconds: 1_000 }),
  legAction('Speak', { Text: 'x'.repeat(40) }),
  legAction('PlayAudio', { AudioSource: audio('hello.wav') }),
  legAction('PlayAudio', { AudioSource: audio('none.wav') }),
  legAction('SendDigits', { Digits: '1,2' }),
  legAction('SpeakAndGetDigits', {
    SpeechParameters: { Text: 'x' },
    MinNumberOfDigits: 1,
    RepeatDurationInMilliseconds: 2_000,
  }),
  legAction('ReceiveDigits', {
    InputDigitsRegex: '^\\d$',
    InBetweenDigitsDurationInMilliseconds: 500,
    FlushDigitsDurationInMilliseconds: 1_000,
  }),
  {
    weight: 6,
    arbitrary: fc.constantFrom(...CALLEES, CALLER).map(number => pstn(number, { CallTimeoutSeconds: 5 })),
  },
  legAction('Hangup', {}),
);

/** A response; sometimes one that no service can use, or none at all. */
const answer: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 12, arbitrary: fc.array(action, { maxLength: 4 }).map(list => actions(...list)) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, '', [], {}, actions(['Sing']), 'throw', 'hang') },
);

/** Now and then a handler is slow, even too slow for the first attempt. */
const delayMs = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 7_000 }));

/** Something that a person or a server does at some time. */
const interference = fc.record({
  afterMs: fc.integer({ min: 1, max: 8_000 }),
  what: fc.constantFrom<'update' | 'callerHangsUp' | 'calleeHangsUp' | 'press'>(
    'update',
    'callerHangsUp',
    'calleeHangsUp',
    'press',
  ),
});

function handlerOf(answers: [unknown, number][]): Handler {
  let next = 0;
  return async (event, { clock }) => {
    // The plan is kept for the events whose answers count.
    if (['NEW_OUTBOUND_CALL', 'RINGING'].includes(event.InvocationEventType)) return NOTHING;
    // When the plan is used up the call is brought to its end, whatever legs are left.
    const [planned, afterMs] = answers[next++] ?? [actions(['Hangup']), 0];
    if (afterMs > 0) await new Promise<void>(done => clock.after(afterMs, done));
    if (planned === 'throw') throw new Error('boom');
    if (planned === 'hang') return new Promise(() => {});
    return planned;
  };
}

test('sequences rise by one, every leg ends once, and nothing comes after the last HANGUP', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        isInbound: fc.boolean(),
        behaviours: fc.tuple(behaviour, behaviour, behaviour),
        answers: fc.array(fc.tuple(answer, delayMs), { maxLength: 8 }),
        interferences: fc.array(interference, { maxLength: 6 }),
        seed: fc.integer(),
      }),
      async ({ isInbound, behaviours: [caller, one, two], answers, interferences, seed }) => {
        const [first = '', second = ''] = CALLEES;
        const scene = new Scene(handlerOf(answers), {
          handsets: { [CALLER]: caller, [first]: one, [second]: two },
          seed,
        });
        if (isInbound) scene.handsets.dial(CALLER, ACCOUNT_NUMBER);
        else scene.call(CALLER);
        for (const { afterMs, what } of interferences) {
          await scene.clock.advance(afterMs);
          interfere(scene, what);
        }
        await scene.advance(600);
        // Whoever is left idle in the call goes, and so the rest is asked to.
        for (const number of [CALLER, first, second]) attempt(() => scene.handsets.hangUp(number));
        await scene.advance(600);
        check(scene);
      },
    ),
    { numRuns: 1_500 },
  );
}, 60_000);

function interfere(scene: Scene, what: 'update' | 'callerHangsUp' | 'calleeHangsUp' | 'press'): void {
  const deeds = {
    update: () => scene.update(scene.runtime.activeTransactions[0]?.transactionId ?? ''),
    callerHangsUp: () => scene.handsets.hangUp(CALLER),
    calleeHangsUp: () => scene.handsets.hangUp(CALLEES[0] ?? ''),
    press: () => scene.handsets.press(CALLER, '12#'),
  };
  attempt(deeds[what]);
}

/** Tries it; that the call or the handset is not there any more is no matter. */
function attempt(deed: () => unknown): void {
  try {
    deed();
  } catch (error) {
    expect((error as Error).name).toMatch(/^(NotFoundException|HandsetError)$/);
  }
}

function check(scene: Scene): void {
  const transactions = new Map<string, SmaEvent[]>();
  for (const event of scene.events) {
    const { TransactionId } = event.CallDetails;
    transactions.set(TransactionId, [...(transactions.get(TransactionId) ?? []), event]);
  }
  for (const events of transactions.values()) {
    // A retried event repeats its number, and is the same to the letter.
    const once = new Map(events.map(event => [event.Sequence, JSON.stringify(event)]));
    for (const event of events) expect(JSON.stringify(event)).toBe(once.get(event.Sequence));
    expect([...once.keys()]).toEqual(Array.from({ length: once.size }, (_, index) => index + 1));

    const last = [...once.values()].map(text => JSON.parse(text) as SmaEvent);
    const hangups = last.filter(event => event.InvocationEventType === 'HANGUP');
    const ended = hangups.map(event => event.ActionData?.Parameters?.['CallId']);
    expect(new Set(ended).size).toBe(ended.length);
    const final = hangups.findIndex(event =>
      event.CallDetails.Participants.every(({ Status }) => Status === 'Disconnected'),
    );
    if (final >= 0) expect(hangups[final]).toBe(last.at(-1));
  }

  const up = new Set<string>();
  const endings = new Map<string, number>();
  for (const entry of scene.trace) {
    if (entry.kind !== 'leg') continue;
    if (entry.what === 'refused' || entry.what === 'hung-up') {
      up.delete(entry.callId);
      endings.set(entry.callId, (endings.get(entry.callId) ?? 0) + 1);
    } else up.add(entry.callId);
  }
  expect([...up]).toEqual([]);
  expect([...endings.values()].filter(count => count !== 1)).toEqual([]);
  expect(scene.runtime.activeTransactions).toEqual([]);
  expect(scene.handsets.list().map(({ state }) => state)).toEqual(['idle', 'idle', 'idle']);
}
