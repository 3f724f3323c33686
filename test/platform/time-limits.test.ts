/** Limits that one wake-up message keeps, however long the call. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { OWN, PHONE, TestPlatform } from '../support/test-platform.ts';

const MINUTE_MS = 60_000;

describe('a time limit', () => {
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.start();
  });
  afterEach(() => test.clear());
  afterAll(() => test.close());

  const wakeUps = () => test.platform.usage.read().functions['timer']?.invocations ?? 0;
  const dial = (seconds: number, phone: string) =>
    `<Response><Dial timeLimit="${seconds}" action="/next">${phone}</Dial></Response>`;

  it('holds for a Dial that begins while the wake-up of the Dial before it is on its way', async () => {
    test.customer.on('/next', dial(600, PHONE.answersLate));
    const Url = test.customer.on('/voice', dial(1_200, PHONE.answersLate));
    await test.number(OWN, { VoiceUrl: Url });
    test.platform.handsets.dial(PHONE.answers, OWN);
    await test.settled();
    // The message can sleep for 15 minutes at most: it comes while nothing but the call's own limit is set.
    await test.clock.advance(14 * MINUTE_MS);
    test.customer.on('/next', '<Response><Pause length="300"/><Redirect>/again</Redirect></Response>');
    test.customer.on('/again', dial(600, PHONE.answersLate));
    test.platform.handsets.hangUp(PHONE.answersLate);
    await test.settled();
    await test.clock.advance(6 * MINUTE_MS);
    expect(test.platform.handsets.get(PHONE.answersLate).state).toBe('in-call');

    test.customer.on('/next', '<Response><Hangup/></Response>');
    await test.clock.advance(11 * MINUTE_MS);

    expect(test.platform.handsets.get(PHONE.answersLate)).toMatchObject({
      state: 'idle',
      lastEnd: { by: 'far-end' },
    });
  });

  it('takes one message from the first ring to the end of the call', async () => {
    await test.callback(PHONE.answers, PHONE.answersLate);
    await test.settled();
    await test.clock.advance(10 * MINUTE_MS);
    const before = wakeUps();
    test.platform.handsets.hangUp(PHONE.answersLate);
    await test.settled();

    await test.clock.advance(5 * 60 * MINUTE_MS);

    expect(wakeUps() - before).toBe(1);
  });
});
