/** The phones of the local platform, by hand and over HTTP. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createHandsetListener } from '../../sma/network/handset-listener.ts';
import { ACCOUNT_NUMBERS, HANDSETS } from '../../sma/network/handset-script.ts';
import {
  ACCOUNT_NUMBER,
  ANSWERS,
  ANSWERS_LATE,
  actions,
  BUSY,
  HANGS_UP,
  NEVER_ANSWERS,
  PRESSES,
  REJECTS,
  Scene,
  script,
  UNREACHABLE,
} from './support/scene.ts';

const idle = () =>
  new Scene(script({ NEW_INBOUND_CALL: actions(['Pause', { DurationInMilliseconds: 30_000 }]) }));

describe('by their scripts', () => {
  test.each([
    [ANSWERS, 1, 'CALL_ANSWERED', true],
    [ANSWERS_LATE, 5, 'CALL_ANSWERED', true],
    [PRESSES, 1, 'CALL_ANSWERED', true],
    [HANGS_UP, 1, 'CALL_ANSWERED', true],
    [BUSY, 0, 'HANGUP (A,486)', false],
    [REJECTS, 1, 'HANGUP (A,603)', false],
    [UNREACHABLE, 0, 'HANGUP (A,404)', false],
    ['+12025550199', 0, 'HANGUP (A,404)', false],
  ])('%s does after %i s: %s', async (number, seconds, told, isInCall) => {
    const scene = idle();
    scene.call(number);
    if (seconds > 0) await scene.advance(seconds - 0.1);
    expect(scene.told.join()).not.toContain(told);
    await scene.advance(0.2);
    expect(scene.told.at(-1)).toContain(told);
    if (isInCall) expect(scene.handsets.get(number).state).toBe('in-call');
  });

  test('0102 rings as long as it is let', async () => {
    const scene = idle();
    scene.call(NEVER_ANSWERS);
    await scene.advance(50);
    expect(scene.handsets.get(NEVER_ANSWERS)).toMatchObject({
      state: 'ringing',
      peer: ACCOUNT_NUMBER,
      ringCount: 1,
    });
  });

  test('0105 presses 1234# two seconds after it has answered', async () => {
    const scene = new Scene(
      script({
        CALL_ANSWERED: actions([
          'SpeakAndGetDigits',
          { SpeechParameters: { Text: 'PIN?' }, MinNumberOfDigits: 1, RepeatDurationInMilliseconds: 5_000 },
        ]),
      }),
    );
    scene.call(PRESSES);
    await scene.advance(2.9);
    expect(scene.told).toHaveLength(3);
    await scene.advance(0.2);
    expect(scene.told.at(-1)).toBe('4 ACTION_SUCCESSFUL SpeakAndGetDigits "1234" A=Connected');
  });

  test('0106 hangs up two seconds after it has answered', async () => {
    const scene = idle();
    scene.call(HANGS_UP);
    await scene.advance(2.9);
    expect(scene.handsets.get(HANGS_UP).state).toBe('in-call');
    await scene.advance(0.2);
    expect(scene.told.at(-1)).toBe('4 HANGUP (A,0) A=Disconnected');
    expect(scene.handsets.get(HANGS_UP).lastEnd).toEqual({ by: 'handset', sipCode: 0 });
  });

  test('a handset in a call is busy', async () => {
    const scene = idle();
    scene.call(ANSWERS);
    await scene.advance(2);
    scene.call(ANSWERS);
    await scene.advance(2);
    expect(scene.told.at(-1)).toBe('2 HANGUP (A,486) A=Disconnected');
    expect(scene.handsets.get(ANSWERS).state).toBe('in-call');
  });

  test('0100 to 0107 are the phones, and 0110 to 0119 the account', () => {
    expect(Object.keys(HANDSETS)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map(digit => `+1202555010${digit}`));
    expect(ACCOUNT_NUMBERS).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(digit => `+1202555011${digit}`));
  });
});

describe('by hand', () => {
  test('a ringing one can be answered, used and hung up', async () => {
    const scene = idle();
    scene.call(NEVER_ANSWERS);
    await scene.advance(3);
    expect(scene.handsets.answer(NEVER_ANSWERS).state).toBe('in-call');
    scene.handsets.press(NEVER_ANSWERS, '12#');
    expect(scene.handsets.hangUp(NEVER_ANSWERS).state).toBe('idle');
    await scene.advance(1);
    expect(scene.told.at(-1)).toBe('4 HANGUP (A,0) A=Disconnected');
  });

  test('a ringing one that is hung up declines', async () => {
    const scene = idle();
    scene.call(NEVER_ANSWERS);
    await scene.advance(3);
    scene.handsets.hangUp(NEVER_ANSWERS);
    await scene.advance(1);
    expect(scene.told.at(-1)).toBe('3 HANGUP (A,603) A=Disconnected');
  });

  test('a caller that gives up ends its call', async () => {
    const scene = idle();
    expect(scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER)).toMatchObject({
      state: 'ringing',
      direction: 'outgoing',
    });
    await scene.advance(1);
    scene.handsets.hangUp(ANSWERS);
    await scene.advance(1);
    expect(scene.told.at(-1)).toBe('3 HANGUP (A,0) A=Disconnected');
  });

  test('gets another script', async () => {
    const scene = idle();
    scene.handsets.setScript(ANSWERS, { ringSeconds: 3, sipCode: 480 });
    scene.call(ANSWERS);
    await scene.advance(2.9);
    expect(scene.told.at(-1)).toBe('2 RINGING');
    await scene.advance(0.2);
    expect(scene.told.at(-1)).toBe('3 HANGUP (A,480) A=Disconnected');
  });

  test('over the quota of legs, a caller is refused with inboundOverQuotaSipCode', async () => {
    const scene = new Scene(script({}), { options: { quotas: { concurrentLegs: 1 } } });
    scene.call(NEVER_ANSWERS);
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(1);
    expect(scene.handsets.get(ANSWERS)).toMatchObject({ state: 'idle', lastEnd: { sipCode: 503 } });
  });
});

describe('over HTTP', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  async function serve() {
    const scene = idle();
    const listener = createHandsetListener(scene.handsets);
    const server = createServer((request, response) => void listener(request, response));
    servers.push(server);
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/_local/handsets`;
    const ask = async (method: string, path: string, body?: unknown) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const response = await fetch(base + path, { method, ...(body !== undefined && { body: text }) });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    return { scene, ask };
  }

  test('they are listed, dial, press and hang up', async () => {
    const { scene, ask } = await serve();
    const list = (await ask('GET', '')).body['handsets'] as { number: string }[];
    expect(list.map(({ number }) => number)).toEqual(Object.keys(HANDSETS));
    expect(await ask('POST', '/12025550100/dial', { to: ACCOUNT_NUMBER })).toMatchObject({
      status: 200,
      body: { state: 'ringing' },
    });
    await scene.advance(1);
    expect(scene.told).toEqual(['1 NEW_INBOUND_CALL']);
    expect(await ask('POST', '/12025550100/hangup')).toMatchObject({ status: 200, body: { state: 'idle' } });
    scene.call(NEVER_ANSWERS);
    await scene.advance(1);
    expect(await ask('POST', '/12025550102/answer')).toMatchObject({ body: { state: 'in-call' } });
    expect(await ask('POST', '/12025550102/press', { digits: '1#' })).toMatchObject({ status: 200 });
    expect(await ask('GET', '/12025550102')).toMatchObject({
      body: { state: 'in-call', peer: ACCOUNT_NUMBER },
    });
  });

  test('they take another script', async () => {
    const { ask } = await serve();
    const script = { ringSeconds: 2, digits: '1#', digitsAfterSeconds: 1, hangUpAfterSeconds: 9 };
    expect(await ask('PUT', '/12025550100', script)).toMatchObject({ status: 200, body: { script } });
  });

  test.each<[string, string, unknown, number, RegExp]>([
    ['GET', '/12025550199', undefined, 404, /is no handset: the handsets are \+12025550100/],
    ['POST', '/12025550100/answer', undefined, 409, /does not ring/],
    ['POST', '/12025550100/hangup', undefined, 409, /is in no call/],
    ['POST', '/12025550100/press', { digits: '1' }, 409, /no answered call/],
    ['POST', '/12025550100/press', { digits: 'abc' }, 400, /0-9, \* and #/],
    ['POST', '/12025550100/press', {}, 400, /\{"digits":"1#"\}/],
    ['POST', '/12025550100/dial', { to: '+12025550101' }, 400, /not a number of the account/],
    ['POST', '/12025550100/dial', undefined, 400, /\{"to":"\+12025550110"\}/],
    ['POST', '/12025550100/dial', '{"to":', 400, /not valid JSON/],
    ['PUT', '/12025550100', undefined, 400, /A script is a JSON object/],
    ['PUT', '/12025550100', [], 400, /A script is a JSON object/],
    ['PUT', '/12025550100', { rings: 1 }, 400, /no "rings"; it has ringSeconds/],
    ['PUT', '/12025550100', { ringSeconds: -1 }, 400, /ringSeconds is a number of seconds/],
    ['PUT', '/12025550100', { ringSeconds: '1' }, 400, /ringSeconds is a number of seconds/],
    ['PUT', '/12025550100', { sipCode: 200 }, 400, /300 to 699/],
    ['PUT', '/12025550100', { answer: 'yes' }, 400, /true or false/],
    ['PUT', '/12025550100', { answer: true, sipCode: 486 }, 400, /not both/],
    ['PUT', '/12025550100', { digits: '' }, 400, /digits is a string/],
    ['DELETE', '/12025550100', undefined, 405, /takes GET, PUT/],
    ['GET', '/12025550100/voicemail', undefined, 404, /nothing at/],
    ['GET', '/%E0%A4%A', undefined, 400, /percent-encoding/],
  ])('%s %s with %j is refused', async (method, path, body, status, message) => {
    const { ask } = await serve();
    const answer = await ask(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.body['error']).toMatch(message);
  });

  test('a second dial from a handset in a call is refused', async () => {
    const { ask } = await serve();
    await ask('POST', '/12025550100/dial', { to: ACCOUNT_NUMBER });
    expect(await ask('POST', '/12025550100/dial', { to: ACCOUNT_NUMBER })).toMatchObject({
      status: 409,
      body: { error: expect.stringContaining('hang it up first') },
    });
  });
});
