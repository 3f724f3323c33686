/** RCML that cannot be had, cannot be read, or is amiss: what the caller gets, what can be read of it afterwards, and what goes on. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Broken, brokenUrl, NOBODY } from '../../support/document-faults.ts';
import { OWN, PHONE, TestPlatform } from '../../support/test-platform.ts';

let test: TestPlatform;
let base: string;

beforeAll(async () => {
  test = await TestPlatform.start();
  base = `/restcomm/2012-04-24/Accounts/${test.account}`;
});
afterEach(async () => {
  // Whoever follows a redirect is at another URL than the one that was signed.
  test.customer.requests = [];
  await test.clear();
  await number({ VoiceUrl: '', VoiceFallbackUrl: '', StatusCallback: '' });
  await test.clock.advance(1_000);
});
afterAll(() => test.close());

interface Call {
  sid: string;
  status: string;
}

const api = <T>(path: string, form?: Record<string, string>) =>
  test.api<T>(base + path, { ...(form && { form }) });
const on = (path: string, verbs: string) => test.customer.on(path, `<Response>${verbs}</Response>`);
const SORRY = '<Say>We are sorry.</Say>';
const heard = () => test.heard(PHONE.answers);

async function place(form: Record<string, string>): Promise<string> {
  const { status, body } = await api<Call>('/Calls.json', { To: PHONE.answers, From: OWN, ...form });
  expect(status).toBe(200);
  return body.sid;
}

async function number(form: Record<string, string>): Promise<void> {
  const { body } = await api<{ incoming_phone_numbers: { sid: string }[] }>(
    `/IncomingPhoneNumbers.json?PhoneNumber=${encodeURIComponent(OWN)}`,
  );
  await api(`/IncomingPhoneNumbers/${body.incoming_phone_numbers[0]?.sid}.json`, form);
}

async function notes(sid: string) {
  const { body } = await api<{
    notifications: { error_code: number; message_text: string; log: number; request_url?: string }[];
  }>(`/Calls/${sid}/Notifications.json`);
  return body.notifications.map(({ error_code: code, message_text: text, log }) => ({ code, text, log }));
}

const status = async (sid: string) => (await api<Call>(`/Calls/${sid}.json`)).body.status;
const failures = () =>
  test.bus.filter(({ type }) => type === 'Document Failed').map(({ detail }) => detail['document']);

/** A fault that any document can have, or verbs → the platform's number, and what is said besides. */
const ERRORS: [fault: Broken, code: number, text: RegExp][] = [
  // It could not be had.
  ['nobody listens', 11205, /127\.0\.0\.1 port 9/],
  ['its host has no address', 11205, /nowhere\.invalid/],
  ['there is no TLS where it should be', 11205, /TLS/],
  ['the connection breaks', 11205, /connection/],
  ['its server takes longer than it may', 11205, /100 ms/],
  ['the answer is a 404', 21402, /404/],
  ['the answer is a 500', 11206, /500/],
  ['it redirects four times', 11206, /redirect/],
  ['its URL asks for time limits that there are not', 11100, /tt/],
  ['it is at an address that nobody may reach', 11290, /169\.254/],
  // It could not be read.
  ['it is no XML', 12100, /line 1, column \d+/],
  ['it is not closed', 12100, /line 3, column \d+/],
  ['it has a DOCTYPE', 12100, /DOCTYPE/],
  ['it nests too deep', 12100, /nests more than 32/],
  ['it is not UTF-8', 12100, /UTF-8/],
  ['it is XML 1.1', 12101, /1\.0/],
  ['its root is another element', 12102, /<Answer>/],
  ['it is too long', 11750, /65536 bytes/],
  ['it has too many verbs', 11750, /more than 500 verbs/],
  ['it is a picture', 12300, /image\/png/],
  ['it has no Content-Type', 12300, /missing/],
  // It asks for what would not do.
  ['<Say>Hi.</Say>\n<Redirect>ftp://example.com/</Redirect>', 11100, /Redirect \(line 2\)/],
  ['<Play>ftp://example.com/</Play>', 11100, /Play \(line 1\)/],
  ['<Dial action="tel:1"><Number>+12025550107</Number></Dial>', 11100, /action/],
  ['<Gather action="ftp://example.com/"/>', 11100, /action/],
  ['<Gather><Play>ftp://example.com/</Play></Gather>', 13325, /Play \(line 1\)/],
  ['<Dial callerId="a;b"><Number>+12025550107</Number></Dial>', 13214, /a;b/],
];

const isOfAnyDocument = ([fault]: [Broken, ...unknown[]]) => !fault.startsWith('<');

describe('A document fails where', () => {
  it.each(ERRORS)('%s: is told under %i, and its fallback is carried out', async (fault, code, text) => {
    const sid = await place({
      Url: brokenUrl(test.customer, fault),
      FallbackUrl: on('/fallback', SORRY),
      FallbackMethod: 'GET',
    });
    await test.settled();

    expect(heard()).toEqual(['We are sorry.']);
    const [asked, ...more] = test.customer.asked('/fallback');
    expect(more).toEqual([]);
    expect(asked).toMatchObject({ method: 'GET', parameters: { CallSid: sid, CallStatus: 'in-progress' } });
    expect(Object.keys(asked?.parameters ?? {}).sort()).toEqual(STANDARD);
    expect(await notes(sid)).toEqual([{ code, text: expect.stringMatching(text), log: 0 }]);
    expect(failures()).toMatchObject([{ code, purpose: 'first', fallback: true }]);
    expect(await status(sid)).toBe('completed');
  });

  it.each(ERRORS.filter(isOfAnyDocument))(
    'A05, A07: %s: turns away a caller who was not answered yet, under %i',
    async (fault, code, text) => {
      await number({
        VoiceUrl: brokenUrl(test.customer, fault),
        StatusCallback: test.customer.on('/status', ''),
      });
      test.platform.handsets.dial(PHONE.ringsOn, OWN);
      await test.settled();

      expect(test.platform.handsets.get(PHONE.ringsOn)).toMatchObject({
        heard: [],
        lastEnd: { by: 'far-end', sipCode: 480 },
      });
      const [{ CallSid: sid = '' } = {}] = test.customer.asked('/status').map(each => each.parameters);
      expect(await notes(sid)).toEqual([{ code, text: expect.stringMatching(text), log: 0 }]);
      expect(failures()).toEqual([expect.objectContaining({ code, purpose: 'first' })]);
      expect(await status(sid)).toBe('failed');
      expect(test.told()).toEqual(['0 ringing', '1 failed']);
    },
  );
});

const STANDARD = [
  'AccountSid',
  'ApiVersion',
  'CallSid',
  'CallStatus',
  'CallTimestamp',
  'CallerName',
  'Direction',
  'ForwardedFrom',
  'From',
  'InstanceId',
  'To',
];

describe('Without a fallback', () => {
  it('a call that was answered is hung up, and is completed', async () => {
    const sid = await place({ Url: NOBODY, StatusCallback: `${test.customer.url}/status` });
    await test.settled();
    expect(test.platform.handsets.get(PHONE.answers).lastEnd).toEqual({ by: 'far-end', sipCode: 0 });
    expect(await status(sid)).toBe('completed');
    expect(test.told().at(-1)).toBe('3 completed');
  });

  it('of its own, a fallback that fails as well ends the call, and both are told', async () => {
    const sid = await place({ Url: NOBODY, FallbackUrl: brokenUrl(test.customer, 'it is no XML') });
    await test.settled();
    expect((await notes(sid)).map(({ code }) => code)).toEqual([11205, 12100]);
    expect(failures()).toMatchObject([
      { code: 11205, fallback: true },
      { code: 12100, reason: 'invalid' },
    ]);
  });
});

describe('A fallback', () => {
  /** Which request fails → whether it is asked for. */
  const REQUESTS: [what: string, begin: (broken: string) => Promise<string>, asked: boolean][] = [
    ['the first of a call', broken => place({ Url: broken, ...FALLBACK() }), true],
    [
      'that of a live update',
      async broken => {
        const sid = await place({ Url: on('/voice', '<Pause length="60"/>') });
        await test.clock.advance(5_000);
        await api(`/Calls/${sid}.json`, { Url: broken, ...FALLBACK() });
        return sid;
      },
      true,
    ],
    [
      'that of a Redirect',
      broken => place({ Url: on('/voice', `<Redirect>${broken}</Redirect>`), ...FALLBACK() }),
      false,
    ],
    [
      'that of a Dial’s action',
      broken => place({ Url: on('/voice', `<Dial action="${broken}">${PHONE.busy}</Dial>`), ...FALLBACK() }),
      false,
    ],
    [
      'that of a Gather’s action',
      broken =>
        place({
          To: PHONE.presses,
          Url: on('/voice', `<Gather numDigits="1" action="${broken}"><Say>Press.</Say></Gather>`),
          ...FALLBACK(),
        }),
      false,
    ],
  ];
  const FALLBACK = () => ({ FallbackUrl: on('/fallback', SORRY) });

  it.each(REQUESTS)('stands in for %s: %#', async (_, begin, asked) => {
    const sid = await begin(brokenUrl(test.customer, 'the answer is a 500'));
    await test.settled();
    expect(test.customer.asked('/fallback')).toHaveLength(asked ? 1 : 0);
    expect(await notes(sid)).toMatchObject([{ code: 11206, log: 0 }]);
    expect(failures()).toMatchObject([{ code: 11206 }]);
    expect(await status(sid)).toBe('completed');
  });

  it('of a number stands in for the first document of a call that comes in, and for no later one', async () => {
    await number({
      VoiceUrl: NOBODY,
      VoiceFallbackUrl: on('/fallback', '<Redirect>/gone</Redirect>'),
    });
    test.customer.on('/gone', { status: 404 });
    test.platform.handsets.dial(PHONE.ringsOn, OWN);
    await test.settled();
    expect(test.customer.requests.map(({ path }) => path)).toEqual(['/fallback', '/gone']);
    expect(failures()).toMatchObject([{ code: 11205 }, { code: 21402, purpose: 'redirect' }]);
  });
});

describe('Documents', () => {
  it('that lead from one to the next without an end are ended after 20, under 11215', async () => {
    const sid = await place({ Url: on('/voice', '<Redirect/><Redirect>/voice</Redirect>') });
    await test.settled();
    expect(test.customer.asked('/voice')).toHaveLength(20);
    expect((await notes(sid)).filter(({ log }) => log === 0)).toMatchObject([
      { code: 11215, text: /20 documents/ },
    ]);
    expect(failures()).toMatchObject([{ code: 11215, reason: 'loop', purpose: 'redirect' }]);
    expect(await status(sid)).toBe('completed');
  });

  /** What is no fault here, and what is heard of it. */
  const TAKEN: [what: Broken, heard: string[]][] = [
    ['it is empty', []],
    ['<Pause/>', []],
    ['<Say>a?b=1&c=2</Say>', ['a?b=1&c=2']],
  ];

  it.each(TAKEN)('are carried out, and nothing is told, when %s', async (what, said) => {
    const sid = await place({ Url: brokenUrl(test.customer, what), FallbackUrl: on('/fallback', SORRY) });
    await test.settled();
    expect(heard()).toEqual(said);
    expect(await notes(sid)).toEqual([]);
    expect(await status(sid)).toBe('completed');
  });

  it('are said where they are plain text', async () => {
    const Url = test.customer.on('/voice', { headers: { 'content-type': 'text/plain' }, body: 'Hello.' });
    await place({ Url });
    await test.settled();
    expect(heard()).toEqual(['Hello.']);
  });

  /** What goes on with what stands in, or without the verb. */
  const WARNINGS: [verb: string, code: number][] = [
    ['<Shout>Hi.</Shout>', 12200],
    ['<say>Hi.</say>', 12200],
    ['<Number>+12025550107</Number>', 12200],
    ['<Record/>', 1002],
    ['<Pause colour="red"/>', 12200],
    ['<Pause length="x"/>', 13910],
    ['<Say loop="-1">Hm.</Say>', 13510],
    ['<Say voice="klaus">Hm.</Say>', 13511],
    ['<Say/>', 12200],
    ['<Play/>', 13325],
    ['<Play loop="x">/gone.wav</Play>', 13410],
    ['<Redirect/>', 12200],
    ['<Gather finishOnKey="x"/>', 13310],
    ['<Gather timeout="0"/>', 13313],
    ['<Gather numDigits="0"/>', 13314],
    ['<Gather startInputKey="x"/>', 13315],
    ['<Gather input="speech"/>', 1002],
    [`<Gather timeout="1"><Dial>${PHONE.busy}</Dial></Gather>`, 12200],
    [`<Dial timeout="x">${PHONE.busy}</Dial>`, 13212],
    [`<Dial timeLimit="x">${PHONE.busy}</Dial>`, 13216],
    [`<Dial method="PUT">${PHONE.busy}</Dial>`, 13210],
    [`<Dial record="true">${PHONE.busy}</Dial>`, 1002],
    [`<Dial><Say>Hi.</Say><Number>${PHONE.busy}</Number></Dial>`, 12200],
    [`<Dial><Number>Ann</Number><Number>${PHONE.busy}</Number></Dial>`, 11008],
    ['<Dial><Sip>sip:</Sip></Dial>', 11008],
    ['<Dial><Conference>Room</Conference></Dial>', 1002],
    [`<Dial callerId="ann"><Number>${PHONE.busy}</Number></Dial>`, 13214],
  ];

  it.each(WARNINGS.filter(([verb]) => !verb.includes('gone.wav')))(
    'with %s go on, and it is told as a warning under %i',
    async (verb, code) => {
      const sid = await place({ Url: on('/voice', `${verb}<Say>The end.</Say>`) });
      await test.settled();
      expect(heard().at(-1)).toBe('The end.');
      expect((await notes(sid)).filter(({ log }) => log === 1)).toMatchObject([{ code }]);
      expect(failures()).toEqual([]);
    },
  );

  it('end with audio that cannot be had, under 13233', async () => {
    const sid = await place({ Url: on('/voice', '<Play loop="x">/gone.wav</Play><Say>The end.</Say>') });
    test.customer.on('/gone.wav', { status: 404 });
    await test.settled();
    expect(heard()).toEqual([]);
    expect((await notes(sid)).map(({ code }) => code)).toEqual([13410, 13233]);
  });
});
