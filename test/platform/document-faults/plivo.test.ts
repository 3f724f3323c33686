/** Plivo's XML that cannot be had, cannot be read, or is amiss: what the caller gets, with which code the call ends, and what goes on. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Broken, brokenUrl, NOBODY } from '../../support/document-faults.ts';
import { type PlivoClient, plivoClient } from '../../support/plivo-client.ts';
import { OWN, PHONE, TestPlatform } from '../../support/test-platform.ts';

let test: TestPlatform;
let client: PlivoClient;

beforeAll(async () => {
  test = await TestPlatform.start();
  const { plivoAuthId, authToken } = test.platform.info;
  client = plivoClient(test.platform.url, plivoAuthId, authToken);
});
afterEach(async () => {
  // Whoever follows a redirect is at another URL than the one that was signed.
  test.customer.requests = [];
  await test.clear();
});
afterAll(() => test.close());

const on = (path: string, elements: string) => test.customer.on(path, `<Response>${elements}</Response>`);
const SORRY = '<Speak>We are sorry.</Speak>';
const heard = () => test.heard(PHONE.answers);

async function place(answerUrl: string, options: object = {}, to: string = PHONE.answers): Promise<string> {
  const hangupUrl = test.customer.on('/hangup', '');
  return (await client.calls.create(OWN, to, answerUrl, { hangupUrl, ...options }))['requestUuid'];
}

async function notes(uuid: string) {
  const { plivoAuthId, authToken } = test.platform.info;
  const { body } = await test.api<{ objects: { code: number; message: string; level: string }[] }>(
    `/v1/Account/${plivoAuthId}/Call/${uuid}/Notification/`,
    { credentials: `${plivoAuthId}:${authToken}` },
  );
  return body.objects.map(({ code, message: text, level }) => ({ code, text, level }));
}

/** Without those of the tries before the last. */
const errors = async (uuid: string) => (await notes(uuid)).filter(({ level }) => level === 'error');

const failures = () =>
  test.bus.filter(({ type }) => type === 'Document Failed').map(({ detail }) => detail['document']);
const hangup = () => test.customer.asked('/hangup').map(({ parameters }) => parameters)[0] ?? {};

/** The calls that come in to the account's number follow this answer. */
async function answering(answerUrl: string, more: object = {}): Promise<void> {
  const hangupUrl = test.customer.on('/hangup', '');
  const { appId } = await client.applications.create('Broken', { answerUrl, hangupUrl, ...more });
  await client.numbers.update(OWN.slice(1), { appId });
}

const NAMES = {
  7011: 'Error Reaching Answer URL',
  7022: 'Invalid Action URL',
  7024: 'Invalid Redirect URL',
  7032: 'Invalid Method for Action URL',
  7034: 'Invalid Method for Redirect URL',
  8011: 'Invalid Answer XML',
} as const;

const dialling = (attributes: string) => `<Dial ${attributes}><Number>12025550107</Number></Dial>`;

/** A fault that any document can have, or elements → the code with which the call ends, and what is said besides. */
const ERRORS: [fault: Broken, code: keyof typeof NAMES, text: RegExp][] = [
  // It could not be had.
  ['nobody listens', 7011, /127\.0\.0\.1 port 9/],
  ['its host has no address', 7011, /nowhere\.invalid/],
  ['it is at an address that nobody may reach', 7011, /169\.254/],
  ['there is no TLS where it should be', 7011, /TLS/],
  ['the connection breaks', 7011, /connection/],
  ['its server takes longer than it may', 7011, /100 ms/],
  ['the answer is a 404', 7011, /404/],
  ['the answer is a 500', 7011, /500/],
  ['it redirects four times', 7011, /redirect/],
  // It could not be read.
  ['it is empty', 8011, /empty/],
  ['it is no XML', 8011, /line 1, column \d+/],
  ['it is not closed', 8011, /line 3, column \d+/],
  ['it has a bare &', 8011, /line 2, column 11.*&amp;/],
  ['<Dial callerName="a "quoted" name"/>', 8011, /line 1, column \d+/],
  ['it has a DOCTYPE', 8011, /DOCTYPE/],
  ['it nests too deep', 8011, /nests more than 32/],
  ['it is not UTF-8', 8011, /UTF-8/],
  ['it is XML 1.1', 8011, /1\.0/],
  ['its root is another element', 8011, /<Answer>/],
  ['it is too long', 8011, /102400 bytes/],
  ['it has too many verbs', 8011, /more than 500 verbs/],
  ['it is a picture', 8011, /image\/png/],
  ['it has no Content-Type', 8011, /missing/],
  // It asks for what there is not, or would not do.
  ['<Speak>Hi.</Speak>\n<Shout/>', 8011, /Shout \(line 2\)/],
  ['<speak>Hi.</speak>', 8011, /<Speak> is written so/],
  ['<Record/>', 8011, /not there yet/],
  ['<GetDigits><Dial/></GetDigits>', 8011, /only Speak, Play, Wait can stand in it/],
  ['<PreAnswer><Hangup/></PreAnswer>', 8011, /only Speak, Play, Wait can stand in a PreAnswer/],
  ['<Dial><Speak>Hi.</Speak></Dial>', 8011, /only Number and User/],
  ['<Dial/>', 8011, /nobody to dial/],
  ['<Dial><Number>Ann</Number></Dial>', 8011, /"Ann"/],
  ['<Dial><User>ann</User></Dial>', 8011, /User \(line 1\)/],
  ['<DTMF>x</DTMF>', 8011, /DTMF/],
  [dialling('callerId="a;b"'), 8011, /a;b/],
  [dialling('action="ftp://example.com/"'), 7022, /action/],
  [dialling('action="/a" method="PUT"'), 7032, /PUT/],
  ['<GetDigits action="ftp://example.com/"/>', 7022, /action/],
  ['<Redirect>ftp://example.com/</Redirect>', 7024, /Redirect \(line 1\)/],
  ['<Redirect method="PUT">/a</Redirect>', 7034, /PUT/],
];

const isOfAnyDocument = ([fault]: [Broken, ...unknown[]]) => !fault.startsWith('<');

describe('A document fails where', () => {
  it.each(ERRORS)('%s: the call ends with %i', async (fault, code, text) => {
    const uuid = await place(brokenUrl(test.customer, fault));
    await test.settled();

    const ended = { HangupCauseCode: String(code), HangupCauseName: NAMES[code], HangupSource: 'Error' };
    expect(hangup()).toMatchObject({ ...ended, CallStatus: 'completed', HangupCause: 'NORMAL_CLEARING' });
    expect(await client.calls.get(uuid)).toMatchObject({
      hangupCauseCode: code,
      hangupCauseName: NAMES[code],
      hangupSource: 'Error',
    });
    expect(await errors(uuid)).toEqual([{ code, text: expect.stringMatching(text), level: 'error' }]);
    expect(failures()).toEqual([expect.objectContaining({ code, purpose: 'first' })]);
  });

  it.each(ERRORS.filter(isOfAnyDocument))(
    '%s: its fallback is carried out, and %i is told of the first',
    async (fault, code, text) => {
      const uuid = await place(brokenUrl(test.customer, fault), {
        fallbackUrl: on('/fallback', SORRY),
        fallbackMethod: 'GET',
        sipHeaders: 'Test=Sample',
      });
      await test.settled();

      expect(heard()).toEqual(['We are sorry.']);
      const [asked, ...more] = test.customer.asked('/fallback');
      expect(more).toEqual([]);
      expect(asked?.method).toBe('GET');
      expect(asked?.parameters).toMatchObject({ CallUUID: uuid, Event: 'StartApp', 'X-PH-Test': 'Sample' });
      expect(asked?.parameters).not.toHaveProperty('HangupCause');
      expect(hangup()).toMatchObject({ HangupCauseCode: '4010', HangupSource: 'Answer XML' });
      expect(await errors(uuid)).toEqual([{ code, text: expect.stringMatching(text), level: 'error' }]);
      expect(failures()).toMatchObject([{ code, purpose: 'first', fallback: true }]);
    },
  );
});

describe('A caller who was not answered yet', () => {
  it.each<[Broken, keyof typeof NAMES]>([
    ['nobody listens', 7011],
    ['it is no XML', 8011],
    [dialling('action="ftp://example.com/"'), 7022],
  ])('is turned away with 480, and the call has failed, where %s', async (fault, code) => {
    await answering(brokenUrl(test.customer, fault));
    test.platform.handsets.dial(PHONE.ringsOn, OWN);
    await test.settled();

    expect(test.platform.handsets.get(PHONE.ringsOn)).toMatchObject({
      heard: [],
      lastEnd: { by: 'far-end', sipCode: 480 },
    });
    expect(hangup()).toMatchObject({
      CallStatus: 'failed',
      Direction: 'inbound',
      HangupCauseCode: String(code),
      HangupSource: 'Error',
    });
  });

  it('goes on with its application’s fallback, whose later documents have none', async () => {
    await answering(NOBODY, {
      fallbackAnswerUrl: on('/fallback', `${SORRY}<Redirect>/gone</Redirect>`),
    });
    test.customer.on('/gone', { status: 500 });
    test.platform.handsets.dial(PHONE.ringsOn, OWN);
    await test.settled();

    expect(test.heard(PHONE.ringsOn)).toEqual(['We are sorry.']);
    expect(test.customer.requests.map(({ path }) => path)).toEqual(['/fallback', '/gone', '/hangup']);
    expect(hangup()).toMatchObject({ CallStatus: 'completed', HangupCauseCode: '7014' });
  });
});

describe('What was asked for', () => {
  /** Every request but the answer's → the codes of one that cannot be had, and of one that cannot be carried out. */
  const REQUESTS: [
    what: string,
    begin: (broken: string) => Promise<string>,
    gone: number,
    invalid: number,
  ][] = [
    [
      'the action of a Dial',
      broken =>
        place(
          on('/answer', `<Dial action="${broken}"><Number>${PHONE.busy.slice(1)}</Number></Dial>`),
          FALLBACK(),
        ),
      7012,
      8012,
    ],
    [
      'the action of a GetDigits',
      broken =>
        place(
          on('/answer', `<GetDigits numDigits="1" action="${broken}"><Speak>Press.</Speak></GetDigits>`),
          FALLBACK(),
          PHONE.presses,
        ),
      7012,
      8012,
    ],
    [
      'a transfer',
      async broken => {
        const uuid = await place(on('/answer', '<Wait length="100"/>'), FALLBACK());
        await test.clock.advance(5_000);
        await client.calls.transfer(uuid, { legs: 'aleg', alegUrl: broken });
        return uuid;
      },
      7013,
      8013,
    ],
    ['a Redirect', broken => place(on('/answer', `<Redirect>${broken}</Redirect>`), FALLBACK()), 7014, 8014],
  ];
  const FALLBACK = () => ({ fallbackUrl: on('/fallback', SORRY) });

  it.each(REQUESTS)('by %s has a code of its own, and no fallback', async (_, begin, gone, invalid) => {
    for (const [fault, code] of [
      ['the answer is a 500', gone],
      ['it is not closed', invalid],
    ] as const) {
      test.customer.reset();
      test.bus.splice(0);
      const uuid = await begin(brokenUrl(test.customer, fault));
      await test.settled();
      expect(hangup()).toMatchObject({ HangupCauseCode: String(code), HangupSource: 'Error' });
      expect(await notes(uuid)).toMatchObject([{ code, level: 'error' }]);
      expect(failures()).toMatchObject([{ code }]);
      expect(test.customer.asked('/fallback')).toEqual([]);
    }
  });

  it('by an action with redirect="false" ends nothing', async () => {
    const broken = brokenUrl(test.customer, 'the answer is a 500');
    const dial = `<Dial action="${broken}" redirect="false"><Number>${PHONE.busy.slice(1)}</Number></Dial>`;
    await place(on('/answer', `${dial}${SORRY}`));
    await test.settled();
    expect(heard()).toEqual(['We are sorry.']);
    expect(hangup()).toMatchObject({ HangupCauseCode: '4010' });
  });

  it('first, and its fallback after it, are both told; the code is the fallback’s', async () => {
    const uuid = await place(NOBODY, { fallbackUrl: brokenUrl(test.customer, 'it is no XML') });
    await test.settled();
    expect((await errors(uuid)).map(({ code }) => code)).toEqual([7011, 8011]);
    expect(failures()).toMatchObject([{ code: 7011, fallback: true }, { code: 8011 }]);
    expect(hangup()).toMatchObject({ HangupCauseCode: '8011', HangupCauseName: 'Invalid Answer XML' });
  });
});

describe('Documents', () => {
  it('that lead from one to the next without an end end the call with 2060', async () => {
    const uuid = await place(on('/answer', '<Redirect>/answer</Redirect>'));
    await test.settled();
    expect(test.customer.asked('/answer')).toHaveLength(20);
    expect(hangup()).toMatchObject({
      HangupCauseCode: '2060',
      HangupCauseName: 'Loop Detected',
      HangupSource: 'Error',
    });
    expect(await notes(uuid)).toMatchObject([{ code: 2060, text: /20 documents/ }]);
    expect(failures()).toMatchObject([{ reason: 'loop', purpose: 'redirect' }]);
  });

  /** What goes on with what stands in. */
  const WARNINGS: string[] = [
    '<Wait colour="red"/>',
    '<Wait length="x"/>',
    '<Wait silence="true"/>',
    '<Speak loop="-1">Hm.</Speak>',
    '<Speak voice="Klaus">Hm.</Speak>',
    '<Speak/>',
    '<Play/>',
    '<Play>ftp://example.com/a.wav</Play>',
    '<GetDigits timeout="0"/>',
    '<GetDigits numDigits="0"/>',
    '<GetDigits retries="0"/>',
    '<GetDigits validDigits="x"/>',
    '<GetDigits finishOnKey="12"/>',
    '<GetDigits playBeep="true"/>',
    `<Dial timeout="x"><Number>${PHONE.busy.slice(1)}</Number></Dial>`,
    `<Dial timeLimit="x"><Number>${PHONE.busy.slice(1)}</Number></Dial>`,
    `<Dial digitsMatch="12"><Number>${PHONE.busy.slice(1)}</Number></Dial>`,
    `<Dial sipHeaders="PH-A=1"><Number>${PHONE.busy.slice(1)}</Number></Dial>`,
    `<Dial><Number sendDigits="x">${PHONE.busy.slice(1)}</Number></Dial>`,
  ];

  it.each(WARNINGS)('with %s go on, and it is told as a warning', async element => {
    const uuid = await place(on('/answer', `${element}<Speak>The end.</Speak>`));
    await test.settled();
    expect(heard().at(-1)).toBe('The end.');
    expect(await notes(uuid)).toMatchObject([{ code: 8011, level: 'warning' }]);
    expect(hangup()).toMatchObject({ HangupCauseCode: '4010' });
    expect(failures()).toEqual([]);
  });
});
