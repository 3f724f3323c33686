/** `POST /voice/call/play`: one party is rung, hears the files, and is hung up. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sine, wavFile, writers } from '../core/audio/sounds.ts';
import { OWN, PHONE, TestPlatform } from '../support/test-platform.ts';

describe('a play', () => {
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.start();
  });
  afterEach(() => test.clear());
  afterAll(() => test.close());

  const sound = (path: string, hz: number) => ({
    play: test.customer.on(path, {
      headers: { 'content-type': 'audio/wav' },
      body: wavFile(writers.s16le(sine(hz, 8_000, 0.5)), { rateHz: 8_000 }),
    }),
  });
  const play = async (json: object) => {
    const { status, body } = await test.api<{ request_id: string }>('/voice/call/play', {
      json: { from: OWN, status_callback: `${test.customer.url}/status`, ...json },
    });
    expect({ status, body }).toMatchObject({ status: 200, body: { code: 0, data: 'accepted' } });
    return body.request_id;
  };
  const state = async (requestId: string) =>
    (await test.api<{ data: Record<string, unknown> }>(`/voice/call/status/${requestId}`)).body.data;
  /** Which the platform fetches with no signature: audio is anybody's. */
  const withoutAudio = () => {
    test.customer.requests = test.customer.requests.filter(({ path }) => !path.endsWith('.wav'));
  };

  it('plays its files in their order, hangs up, and tells how it went', async () => {
    const playlist = [sound('/one.wav', 440), sound('/two.wav', 660), sound('/one.wav', 440)];
    const requestId = await play({ to: PHONE.answers, playlist });
    expect(await state(requestId)).toMatchObject({ state: 'accepted', to: PHONE.answers, ended_at: null });
    await test.settled();
    const [one, two, again] = test.heard(PHONE.answers);
    expect([one === two, one === again]).toEqual([false, true]);
    expect(test.platform.handsets.get(PHONE.answers).lastEnd).toMatchObject({ by: 'far-end' });
    const told = await state(requestId);
    expect(told).toMatchObject({ call_id: requestId, state: 'completed', from: OWN, sip_code: null });
    expect(told).not.toHaveProperty('leg_A');
    expect(told).not.toHaveProperty('problems');
    expect(test.told()).toEqual([
      'A answered answered',
      'A completed completed',
      'A initiated calling',
      'A ringing ringing',
    ]);
    withoutAudio();
  });

  it('asks for nothing and plays nothing when nobody answers', async () => {
    const requestId = await play({ to: PHONE.busy, playlist: [sound('/one.wav', 440)] });
    await test.settled();
    expect(await state(requestId)).toMatchObject({ state: 'busy', duration_seconds: 0, sip_code: 486 });
    expect(test.customer.asked('/one.wav')).toEqual([]);
  });

  it('skips a file that cannot be had, and says so', async () => {
    const gone = { play: test.customer.on('/gone.wav', { status: 404 }) };
    const requestId = await play({ to: PHONE.answersLate, playlist: [gone, sound('/three.wav', 880)] });
    await test.settled();
    expect(test.heard(PHONE.answersLate)).toHaveLength(1);
    expect(await state(requestId)).toMatchObject({
      state: 'completed',
      problems: [expect.stringContaining('404')],
    });
    withoutAudio();
  });

  it('ends at its time limit', async () => {
    const startMs = test.clock.now();
    const playlist = Array.from({ length: 40 }, () => sound('/one.wav', 440));
    const requestId = await play({ to: PHONE.answers, playlist, time_limit: 5 });
    await test.settled();
    const { ended_at, duration_seconds } = await state(requestId);
    expect(duration_seconds).toBeLessThanOrEqual(8);
    expect(Date.parse(String(ended_at)) - startMs).toBeLessThan(12_000);
    withoutAudio();
  });

  it('that asks a telephone number for what only SIP can carry is refused', async () => {
    const { body } = await test.api('/voice/call/play', {
      json: { to: PHONE.busy, from: OWN, playlist: [sound('/one.wav', 440)], sip_update: 900 },
    });
    expect(body).toMatchObject({
      code: 301,
      data: expect.stringMatching(/^The request asks for sip_update, but .* Leave it out\.$/),
    });
  });
});
