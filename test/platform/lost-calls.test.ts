/** Calls whose handler is killed so often that the voice service gives them up: they end, and all of it is told. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Crashes } from '../support/crashes.ts';
import { OWN, PHONE, TestPlatform } from '../support/test-platform.ts';

const FIVE_HOURS_MS = 5 * 60 * 60 * 1000;
const HELLO = '<Response><Say>Hello.</Say></Response>';

describe('a call that the voice service gives up', () => {
  let crashes: Crashes;
  let test: TestPlatform;

  beforeAll(async () => {
    crashes = await Crashes.start();
    test = await TestPlatform.start({ functions: crashes.functions });
  });
  afterEach(async () => {
    crashes.plan = () => undefined;
    crashes.reset();
    test.troubles.splice(0);
    await test.clear();
  });
  afterAll(async () => {
    await test.close();
    await crashes.close();
  });

  /** Kills the handler at every attempt at its n-th event, counted from 0. */
  function killAt(n: number, what: string, when: 'before' | 'after'): void {
    crashes.plan = point =>
      point.functionName === 'sma-handler' &&
      point.what === what &&
      (point.invocation === n || point.invocation === n + 1)
        ? when
        : undefined;
  }

  const call = (to: string = PHONE.answers) =>
    test.call(to, {
      Twiml: HELLO,
      StatusCallback: `${test.customer.url}/status`,
      StatusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
    });

  const laterOn = async () => {
    await test.clock.advance(FIVE_HOURS_MS);
    await test.settled();
  };

  it('has failed when nothing was ever told of it', async () => {
    killAt(0, 'dynamodb:GetItem', 'before');
    const callSid = await call();
    await test.clock.advance(5 * 60 * 1000);
    await test.settled();
    expect(await test.read(callSid)).toMatchObject({ status: 'failed' });
    expect(test.story(callSid)).toEqual(['Call Queued: queued', 'Call Completed: failed']);
    expect(test.told()).toEqual(['0 failed']);
  });

  it.each([
    ['before it was stored', 'dynamodb:PutItem', 'before'],
    ['before that was told', 'events:PutEvents', 'before'],
    ['after that was told', 'events:PutEvents', 'after'],
    ['before it answered', 'answer', 'after'],
  ] as const)('is told from its first event to its last, killed in the midst, %s', async (_, what, when) => {
    for (const event of [0, 1, 2]) {
      killAt(event, what, when);
      const callSid = await call();
      await laterOn();
      const story = test.story(callSid);
      expect(story.filter(line => line.startsWith('Call Completed'))).toHaveLength(1);
      expect(test.events(callSid).map(({ detail }) => detail.metadata.sequenceNumber)).toEqual(
        story.map((_, n) => n),
      );
      expect(new Set(test.told()).size).toBe(story.length - 1);
      crashes.reset();
      test.customer.requests = [];
    }
  });

  it.each([
    ['before it was stored', 'dynamodb:PutItem'],
    ['before it was told', 'events:PutEvents'],
  ])('is told to its end, though the handler was killed over the end itself, %s', async (_, what) => {
    const callSid = await call(PHONE.leavesSoon);
    await test.clock.advance(1_200);
    await test.update(callSid, { Twiml: '<Response><Pause length="60"/></Response>' });
    await test.clock.advance(500);
    // The action that the hang-up cuts ends first; then comes the end.
    crashes.reset();
    killAt(1, what, 'before');
    await laterOn();
    expect(crashes.struck).toHaveLength(2);
    expect(test.story(callSid).at(-1)).toBe('Call Completed: completed');
    expect(test.told()).toEqual(['0 initiated', '1 ringing', '2 answered', '3 in-progress', '4 completed']);
  });

  it('ends as well when it came in, and was stored but not told', async () => {
    await test.number(OWN, { VoiceUrl: test.customer.on('/voice', HELLO) });
    killAt(0, 'events:PutEvents', 'before');
    test.platform.handsets.dial(PHONE.ringsOn, OWN);
    await laterOn();
    const { body } = await test.api<{ calls: { sid: string; status: string }[] }>(
      `${test.accountPath}/Calls.json?PageSize=1`,
    );
    expect(test.story(body.calls[0]?.sid ?? '')).toEqual([
      'Call Ringing: ringing',
      'Call Answered: in-progress',
      'Call Completed: completed',
    ]);
    expect(test.customer.requests).toHaveLength(1);
  });
});
