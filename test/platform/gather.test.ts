/** Keys that a caller presses, from the document to the request that tells them. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sine, wavFile, writers } from '../core/audio/sounds.ts';
import { PHONE, TestPlatform } from '../support/test-platform.ts';

describe('a call with a Gather', () => {
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.start();
  });
  afterEach(() => test.clear());
  afterAll(() => test.close());

  const on = (path: string, verbs: string) =>
    test.customer.on(path, `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs}</Response>`);
  const keys = () => test.customer.asked('/keys').map(({ parameters }) => parameters['Digits']);
  const press = (phone: string, digits: string) => test.platform.handsets.press(phone, digits);

  it('tells the keys that were pressed, without the finishing one, and carries the answer out', async () => {
    const Url = on('/voice', '<Gather action="/keys"><Say>Your number, please.</Say></Gather>');
    on('/keys', '<Say>Thank you.</Say>');

    await test.call(PHONE.presses, { Url });
    await test.settled();

    expect(keys()).toEqual(['1234']);
    expect(test.heard(PHONE.presses)).toEqual(['Your number, please.', 'Thank you.']);
  });

  it('cuts its prompts with the first key', async () => {
    const long = 'word '.repeat(150);
    const Url = on(
      '/voice',
      `<Gather action="/keys" numDigits="2" timeout="30"><Say>${long}</Say><Say>More.</Say></Gather>`,
    );
    on('/keys', '<Say>Thank you.</Say>');
    await test.call(PHONE.answers, { Url });
    await test.clock.advance(5_000);

    press(PHONE.answers, '1');
    await test.clock.advance(2_000);
    press(PHONE.answers, '2');
    await test.clock.advance(2_000);

    expect(keys()).toEqual(['12']);
    expect(test.heard(PHONE.answers)).toEqual([long.trim(), 'Thank you.']);
  });

  it('takes the one key of a menu, whose sound it cuts', async () => {
    test.customer.on('/menu.wav', {
      headers: { 'content-type': 'audio/wav' },
      body: wavFile(writers.s16le(sine(440, 8_000, 20)), { rateHz: 8_000 }),
    });
    const Url = on('/voice', '<Gather action="/keys" numDigits="1"><Play>/menu.wav</Play></Gather>');
    on('/keys', '<Say>Thank you.</Say>');
    await test.call(PHONE.answers, { Url });
    await test.clock.advance(5_000);

    press(PHONE.answers, '7');
    await test.clock.advance(1_500);

    expect(keys()).toEqual(['7']);
    expect(test.heard(PHONE.answers).at(-1)).toBe('Thank you.');
    test.customer.requests = [];
  });

  it('goes on with the next verb when nobody presses anything', async () => {
    const Url = on('/voice', '<Gather action="/keys"><Say>Press.</Say></Gather><Say>Goodbye.</Say>');

    const callSid = await test.call(PHONE.answers, { Url });
    await test.settled();

    expect(keys()).toEqual([]);
    expect(test.heard(PHONE.answers)).toEqual(['Press.', 'Goodbye.']);
    expect(await test.read(callSid)).toMatchObject({ status: 'completed' });
  });

  it('asks its action without keys where it is told to', async () => {
    const Url = on('/voice', '<Gather action="/keys" actionOnEmptyResult="true" timeout="2"/>');
    on('/keys', '<Hangup/>');

    await test.call(PHONE.answers, { Url });
    await test.settled();

    expect(keys()).toEqual([undefined]);
  });
});
