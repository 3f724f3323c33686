/** `POST /voice/call/menu`: every recipient is rung, hears the stages, presses keys, and is hung up. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sine, wavFile, writers } from '../core/audio/sounds.ts';
import { OWN, PHONE, TestPlatform } from '../support/test-platform.ts';

interface State {
  state: string;
  recipients: { state: string; to: string; pressed: Record<string, string>; problems?: string[] }[];
}

describe('a menu', () => {
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.start();
  });
  afterEach(() => test.clear());
  afterAll(() => test.close());

  const sound = (path: string) => ({
    play: test.customer.on(path, {
      headers: { 'content-type': 'audio/wav' },
      body: wavFile(writers.s16le(sine(440, 8_000, 1)), { rateHz: 8_000 }),
    }),
  });
  const menu = async (json: object) => {
    const { status, body } = await test.api<{ request_id: string }>('/voice/call/menu', {
      json: { from: OWN, status_callback: `${test.customer.url}/status`, ...json },
    });
    expect({ status, body }).toMatchObject({ status: 200, body: { code: 0, data: 'accepted' } });
    return body.request_id;
  };
  const state = async (requestId: string) =>
    (await test.api<{ data: State }>(`/voice/call/status/${requestId}`)).body.data;
  /** Which the platform fetches with no signature: audio is anybody’s. */
  const withoutAudio = () => {
    test.customer.requests = test.customer.requests.filter(({ path }) => !path.endsWith('.wav'));
  };

  it('calls everybody under one request_id, and tells of each what was pressed at which stage', async () => {
    const requestId = await menu({
      recipients: [{ to: PHONE.presses }, { to: PHONE.busy }, { to: PHONE.answers }],
      digits: 4,
      playlist_1: [sound('/ask.wav')],
      playlist_2: [sound('/more.wav')],
      playlist_end: [sound('/bye.wav')],
    });
    expect(await state(requestId)).toMatchObject({ state: 'accepted', recipients: { length: 3 } });
    await test.settled();
    expect(await state(requestId)).toMatchObject({
      state: 'completed',
      recipients: [
        { to: PHONE.presses, state: 'completed', pressed: { 1: '1234', 2: '' } },
        { to: PHONE.busy, state: 'busy', pressed: {} },
        { to: PHONE.answers, state: 'completed', pressed: { 1: '', 2: '' } },
      ],
    });
    expect(test.heard(PHONE.answers)).toHaveLength(3);
    expect(test.told().filter(word => word.includes('completed'))).toEqual([
      'A completed busy',
      'A completed completed',
      'A completed completed',
    ]);
    withoutAudio();
  });

  it('takes a key at each stage', async () => {
    const requestId = await menu({
      recipients: [{ to: PHONE.ringsOn }],
      playlist_1: [sound('/one.wav')],
      playlist_2: [sound('/two.wav')],
    });
    test.platform.handsets.get(PHONE.ringsOn);
    await test.settled();
    expect((await state(requestId)).recipients).toMatchObject([{ state: 'no_answer', pressed: {} }]);

    const answered = await menu({
      recipients: [{ to: PHONE.answersLate }],
      playlist_1: [sound('/one.wav')],
      playlist_2: [sound('/two.wav')],
    });
    await test.clock.advance(7_000);
    test.platform.handsets.press(PHONE.answersLate, '7');
    await test.clock.advance(2_500);
    test.platform.handsets.press(PHONE.answersLate, '8');
    await test.settled();
    expect((await state(answered)).recipients).toMatchObject([{ pressed: { 1: '7', 2: '8' } }]);
    withoutAudio();
  });

  it('tells a recipient’s troubles with the recipient', async () => {
    const gone = { play: test.customer.on('/gone.wav', { status: 404 }) };
    const requestId = await menu({ recipients: [{ to: PHONE.answers }], playlist_1: [gone] });
    await test.settled();
    expect((await state(requestId)).recipients[0]?.problems).toEqual([expect.stringContaining('404')]);
    withoutAudio();
  });

  it('places no call when one recipient cannot be called, and says which', async () => {
    const { status, body } = await test.api('/voice/call/menu', {
      json: { from: OWN, recipients: [{ to: PHONE.busy }, { to: '1000123' }], playlist_1: [sound('/a.wav')] },
    });
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { code: 301, data: expect.stringMatching(/^recipients\[1\]\.to: "1000123" is neither/) },
    });
    await test.settled();
    expect(test.bus).toEqual([]);
  });
});
