/** `POST /voice/call/callback`: A is rung, then B, and they are joined. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { toUuid } from '../../core/sid.ts';
import { OWN, PHONE, TestPlatform } from '../support/test-platform.ts';

interface Leg {
  state: string;
  duration_seconds: number | null;
  sip_code: number | null;
}

describe('a callback', () => {
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.start();
  });
  afterEach(() => test.clear());
  afterAll(() => test.close());

  const legB = (callSid: string) => `${callSid.slice(0, -4)}0001`;
  const hangUp = (phone: string) => test.platform.handsets.hangUp(phone);
  const ringCount = (phone: string) => test.platform.handsets.get(phone).ringCount;
  const state = async (callSid: string) =>
    (
      await test.api<{ data: { state: string; leg_A: Leg; leg_B: Leg | null } }>(
        `/voice/call/status/${toUuid(callSid)}`,
      )
    ).body.data;

  it('rings A, then B, joins them, and tells both legs’ lives', async () => {
    const callSid = await test.callback(PHONE.answers, PHONE.answersLate);
    expect(await state(callSid)).toMatchObject({ state: 'accepted', leg_B: null });
    await test.settled();
    expect(await state(callSid)).toMatchObject({
      state: 'answered',
      leg_A: { state: 'answered', to: PHONE.answers, from: OWN },
      leg_B: { state: 'answered', to: PHONE.answersLate, from: OWN },
    });
    await test.clock.advance(10_000);
    hangUp(PHONE.answersLate);
    await test.settled();
    expect(await state(callSid)).toMatchObject({
      state: 'completed',
      leg_A: { state: 'completed' },
      leg_B: { state: 'completed' },
    });
    expect(test.story(callSid)).toEqual([
      'Call Queued: queued',
      'Call Initiated: initiated',
      'Call Ringing: ringing',
      'Call Answered: in-progress',
      'Dial Completed: in-progress',
      'Call Completed: completed',
    ]);
    expect(test.story(legB(callSid))).toEqual([
      'Call Initiated: initiated',
      'Call Answered: in-progress',
      'Call Completed: completed',
    ]);
    expect(test.told()).toEqual([
      'A answered answered',
      'A completed completed',
      'A initiated calling',
      'A ringing ringing',
      'B answered answered',
      'B completed completed',
      'B initiated calling',
    ]);
  });

  it('tells each leg’s own subscriber, with numbers that count what it gets', async () => {
    const callSid = await test.callback(PHONE.answers, PHONE.leavesSoon, {
      leg_A: { to: PHONE.answers, from: OWN, status_callback_event: 'answered completed' },
      leg_B: {
        to: PHONE.leavesSoon,
        from: OWN,
        status_callback: `${test.customer.url}/b?tenant=7`,
        status_callback_method: 'GET',
      },
    });
    await test.settled();
    expect(
      test.customer.asked('/status').map(({ method, parameters: { event, sequence_number } }) => ({
        method,
        event,
        sequence_number,
      })),
    ).toEqual([
      { method: 'POST', event: 'answered', sequence_number: 0 },
      { method: 'POST', event: 'completed', sequence_number: 1 },
    ]);
    const toB = test.customer.asked('/b');
    expect(toB.map(({ method, parameters: p }) => `${method} ${p['leg']} ${p['sequence_number']}`)).toEqual([
      'GET B 0',
      'GET B 1',
      'GET B 2',
    ]);
    expect(toB[0]?.parameters).toMatchObject({ tenant: '7', call_id: toUuid(legB(callSid)) });
  });

  const unanswered = [
    ['busy', PHONE.busy, 'busy', 486],
    ['never answered', PHONE.ringsOn, 'no_answer', 487],
    ['rejected with 603', PHONE.rejects, 'no_answer', 603],
    ['unreachable', PHONE.unreachable, 'failed', 404],
  ] as const;

  it.each(unanswered)('does not ring B when A is %s', async (_, a, word, sipCode) => {
    const before = ringCount(PHONE.answers);
    const callSid = await test.callback(a, PHONE.answers, { timeout: 20 });
    await test.settled();
    expect(await state(callSid)).toMatchObject({
      state: word,
      leg_A: { state: word, duration_seconds: 0, sip_code: sipCode },
      leg_B: null,
    });
    expect(ringCount(PHONE.answers)).toBe(before);
    expect(test.told().filter(word => word.includes('completed'))).toEqual([`A completed ${word}`]);
  });

  it('rings A for as long as it was told, and no longer', async () => {
    const startMs = test.clock.now();
    const callSid = await test.callback(PHONE.ringsOn, PHONE.answers, { timeout: 25 });
    await test.settled();
    const [end] = test.customer.asked('/status').filter(({ parameters: p }) => p['event'] === 'completed');
    expect(end?.parameters).toMatchObject({ state: 'no_answer' });
    expect((end?.atMs ?? 0) - startMs).toBeGreaterThanOrEqual(25_000);
    expect((end?.atMs ?? 0) - startMs).toBeLessThan(28_000);
    expect(await state(callSid)).toMatchObject({ state: 'no_answer' });
  });

  // The voice service does not say why a bridged leg was not answered: one that ended early counts as busy.
  const unansweredB = [
    ['busy', PHONE.busy, 'busy'],
    ['never answered', PHONE.ringsOn, 'no_answer'],
    ['rejected', PHONE.rejects, 'busy'],
  ] as const;

  it.each(unansweredB)('hangs A up when B is %s', async (_, b, word) => {
    const callSid = await test.callback(PHONE.answers, b, { timeout: 20 });
    await test.settled();
    expect(await state(callSid)).toMatchObject({
      state: word,
      leg_A: { state: 'completed' },
      leg_B: { state: word, duration_seconds: 0 },
    });
    expect(test.platform.handsets.get(PHONE.answers).lastEnd).toMatchObject({ by: 'far-end' });
    expect(test.story(legB(callSid)).at(-1)).toMatch(/^Call Completed/);
  });

  it('hangs B up when A hangs up in the bridge', async () => {
    const callSid = await test.callback(PHONE.answers, PHONE.answersLate);
    await test.settled();
    hangUp(PHONE.answers);
    await test.settled();
    expect(test.platform.handsets.get(PHONE.answersLate)).toMatchObject({
      state: 'idle',
      lastEnd: { by: 'far-end' },
    });
    expect(await state(callSid)).toMatchObject({
      leg_A: { state: 'completed' },
      leg_B: { state: 'completed' },
    });
  });

  it('hangs A up when B hangs up first', async () => {
    const callSid = await test.callback(PHONE.answers, PHONE.leavesSoon);
    await test.settled();
    expect(test.platform.handsets.get(PHONE.answers)).toMatchObject({
      state: 'idle',
      lastEnd: { by: 'far-end' },
    });
    expect(await state(callSid)).toMatchObject({ leg_B: { state: 'completed', duration_seconds: 2 } });
  });

  it('stops ringing B when A hangs up, and tells B’s end as canceled', async () => {
    const callSid = await test.callback(PHONE.leavesSoon, PHONE.ringsOn);
    await test.settled();
    expect(test.platform.handsets.get(PHONE.ringsOn)).toMatchObject({ state: 'idle' });
    expect(await state(callSid)).toMatchObject({
      leg_A: { state: 'completed' },
      leg_B: { state: 'canceled', duration_seconds: 0 },
    });
    expect(test.told().filter(word => word.includes('completed'))).toEqual([
      'A completed completed',
      'B completed canceled',
    ]);
  });

  it('ends the talk at its time limit', async () => {
    const callSid = await test.callback(PHONE.answers, PHONE.answersLate, { time_limit: 45 });
    await test.settled();
    await test.clock.advance(60_000);
    await test.settled();
    const { leg_B } = await state(callSid);
    expect(leg_B).toMatchObject({ state: 'completed' });
    expect(leg_B?.duration_seconds).toBeGreaterThanOrEqual(45);
    expect(leg_B?.duration_seconds).toBeLessThanOrEqual(48);
    expect(test.platform.handsets.get(PHONE.answers).state).toBe('idle');
  });

  it('dials between two of the account’s own phones at once as between any others', async () => {
    const callSids = await Promise.all([
      test.callback(PHONE.answers, PHONE.busy),
      test.callback(PHONE.leavesSoon, PHONE.busy),
      test.callback(PHONE.rejects, PHONE.busy),
    ]);
    await test.settled();
    expect(new Set(callSids).size).toBe(3);
    const states = await Promise.all(callSids.map(state));
    expect(states.map(({ leg_A }) => leg_A.state)).toEqual(['completed', 'completed', 'no_answer']);
  });

  it('names attributes that mean nothing in its answer', async () => {
    const { body } = await test.api('/voice/call/callback', {
      json: {
        leg_A: { to: PHONE.busy, from: OWN, colour: 'green' },
        leg_B: { to: PHONE.busy, from: OWN },
        record: true,
      },
    });
    expect(body).toMatchObject({ code: 0, unknown_attributes: ['record', 'leg_A.colour'] });
    await test.settled();
  });

  it('takes the account’s first number where no leg says from which', async () => {
    const { body } = await test.api<{ request_id: string }>('/voice/call/callback', {
      json: { leg_A: { to: PHONE.answers }, leg_B: { to: PHONE.busy } },
    });
    await test.settled();
    expect(await state(`CA${body.request_id.replaceAll('-', '')}`)).toMatchObject({ leg_A: { from: OWN } });
  });
});
