/** Documents that cannot be had, cannot be read, or are amiss: each with its number, told at the call and to its fallback. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Broken, brokenUrl, NOBODY } from '../../support/document-faults.ts';
import { PHONE, RINGING, TestPlatform } from '../../support/test-platform.ts';

const response = (verbs: string) => `<Response>${verbs}</Response>`;

describe('a document', () => {
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.start();
  });
  afterEach(() => test.clear());
  afterAll(() => test.close());

  const broken = (fault: Broken) => brokenUrl(test.customer, fault);
  const sip = '<Sip>sip:a@example.com</Sip>';
  const notifications = async (callSid: string) =>
    (
      await test.api<{ notifications: { error_code: string; message_text: string; log: string }[] }>(
        `${test.accountPath}/Calls/${callSid}/Notifications.json`,
      )
    ).body.notifications.map(({ error_code, message_text, log }) => ({
      code: Number(error_code),
      text: message_text,
      log,
    }));

  const failures = () =>
    test.bus.filter(({ type }) => type === 'Document Failed').map(({ detail }) => detail['document']);

  /** A fault that any document can have, or verbs → the platform's number, and what is said besides. */
  const ERRORS: [fault: Broken, code: number, text: RegExp][] = [
    ['nobody listens', 11205, /127\.0\.0\.1 port 9/],
    ['its host has no address', 11210, /nowhere\.invalid/],
    ['it is at an address that nobody may reach', 11290, /169\.254/],
    ['there is no TLS where it should be', 11220, /TLS/],
    ['its URL asks for time limits that there are not', 11243, /tt/],
    ['the connection breaks', 11200, /connection/],
    ['its server takes longer than it may', 11200, /100 ms/],
    ['the answer is a 404', 11217, /404/],
    ['the answer is a 500', 11217, /500/],
    ['it redirects four times', 11215, /redirect/],
    ['it is too long', 11750, /65536 bytes/],
    ['it has too many verbs', 11750, /more than 500 verbs/],
    ['it is empty', 11770, /empty/],
    ['it is no XML', 12100, /line 1, column \d+/],
    ['it is not closed', 12100, /line 3, column \d+/],
    ['it has a bare &', 12100, /line 2, column 11.*&amp;/],
    ['it has a DOCTYPE', 12100, /DOCTYPE/],
    ['it nests too deep', 12100, /nests more than 32/],
    ['it is not UTF-8', 12100, /UTF-8/],
    ['it is XML 1.1', 12101, /1\.0/],
    ['its root is another element', 12102, /<Answer>/],
    ['it is a picture', 12300, /image\/png/],
    ['it has no Content-Type', 12300, /missing/],
    ['<play>x</play>', 12200, /<Play> is written so/],
    ['<Redirect>ftp://example.com/</Redirect>', 11100, /no http/],
    ['<Record/>', 13750, /not there yet/],
    ['<Dial>Ann</Dial>', 13223, /"Ann" is no number/],
    ['<Dial callerId="Ann">+12025550107</Dial>', 13214, /Ann/],
    [`<Dial>\n${sip}<Number>+12025550107</Number></Dial>`, 13215, /Number \(line 2\)/],
    [`<Dial>${sip.repeat(11)}</Dial>`, 13250, /at most 10/],
    ['<Dial><Sip>tel:+1</Sip></Dial>', 13243, /no SIP address/],
    ['<Dial><Sip username="a">sip:a@example.com</Sip></Dial>', 13249, /go together/],
    ['<Dial><Sip codecs="GSM">sip:a@example.com</Sip></Dial>', 53404, /GSM/],
    [`<Dial callerId="a b">${sip}</Dial>`, 13247, /without spaces/],
  ];

  it.each(ERRORS)('leads to the fallback, and says why: %s', async (fault, code, text) => {
    const callSid = await test.call(PHONE.answers, {
      Url: broken(fault),
      FallbackUrl: test.customer.on('/fallback', response('<Say>We are sorry.</Say>')),
    });
    await test.settled();
    expect(test.heard(PHONE.answers)).toEqual(['We are sorry.']);
    const [asked, ...more] = test.customer.asked('/fallback');
    expect(asked?.parameters).toMatchObject({ ErrorCode: String(code), CallStatus: 'in-progress' });
    expect(asked?.parameters['ErrorUrl']).toMatch(/^https?:/);
    expect(more).toEqual([]);
    expect(await notifications(callSid)).toEqual([{ code, text: expect.stringMatching(text), log: '0' }]);
    expect(failures()).toMatchObject([{ code, purpose: 'first', fallback: true }]);
    expect(await test.read(callSid)).toMatchObject({ status: 'completed' });
    // Whoever follows a redirect is at another URL than the one that was signed.
    test.customer.requests = [];
  });

  it('ends the call, and says why, when there is no fallback', async () => {
    const callSid = await test.call(PHONE.answers, {
      Url: broken('it is not closed'),
      StatusCallback: `${test.customer.url}/status`,
    });
    await test.settled();
    expect(await notifications(callSid)).toMatchObject([{ code: 12100, log: '0' }]);
    expect(test.platform.handsets.get(PHONE.answers).lastEnd).toMatchObject({ by: 'far-end' });
    expect(test.told()).toEqual(['0 completed']);
  });

  it('ends the call, and says both, when the fallback is broken as well', async () => {
    const callSid = await test.call(PHONE.answers, {
      Url: NOBODY,
      FallbackUrl: test.customer.on('/fallback', 'nothing'),
      StatusCallback: `${test.customer.url}/status`,
    });
    await test.settled();
    expect((await notifications(callSid)).map(({ code }) => code)).toEqual([11205, 12100]);
    expect(test.told()).toEqual(['0 completed']);
  });

  it('of a call that comes in falls back in the same way', async () => {
    await test.number('+12025550114', {
      VoiceUrl: broken('the answer is a 500'),
      VoiceFallbackUrl: test.customer.on('/fallback', response('<Say>We are sorry.</Say>')),
    });
    test.platform.handsets.dial(PHONE.ringsOn, '+12025550114');
    await test.settled();
    expect(test.heard(PHONE.ringsOn)).toEqual(['We are sorry.']);
    expect(test.customer.asked('/fallback')).toMatchObject([{ parameters: { ErrorCode: '11217' } }]);
  });

  it('of an action falls back in the same way', async () => {
    const after = broken('it is not closed');
    await test.call(PHONE.answers, {
      Url: test.customer.on('/voice', response(`<Dial action="${after}">${PHONE.busy}</Dial>`)),
      FallbackUrl: test.customer.on('/fallback', response('<Say>We are sorry.</Say>')),
    });
    await test.settled();
    expect(test.heard(PHONE.answers)).toEqual([RINGING, 'We are sorry.']);
    expect(test.customer.asked('/fallback')).toMatchObject([
      { parameters: { ErrorCode: '12100', ErrorUrl: after, DialCallStatus: 'busy' } },
    ]);
  });

  /** Each goes on, with what stands in. */
  const warnings: [what: string, verb: string, code: number][] = [
    ['an attribute is unknown', '<Pause colour="red"/>', 12200],
    ['a Pause has no length', '<Pause length="x"/>', 13910],
    ['a Say repeats itself strangely', '<Say loop="-1">Hm.</Say>', 13510],
    ['a Say has an unknown voice', '<Say voice="gcloud.en-US-News-K">Hm.</Say>', 13511],
    ['a Say says nothing', '<Say/>', 13520],
    ['a Say says too much', `<Say>${'x'.repeat(5_000)}</Say>`, 13521],
    ['a Play has no URL', '<Play/>', 21455],
    ['a Play presses what is no key', '<Play digits="xyz"/>', 13430],
    ['a Redirect asks by PUT', '<Redirect method="PUT">/next</Redirect>', 13710],
    ['a Dial is to be recorded', `<Dial record="true">${PHONE.busy}</Dial>`, 13217],
    ['a Dial has a strange time-out', `<Dial timeout="2">${PHONE.busy}</Dial>`, 13212],
    ['a Dial has a strange method', `<Dial method="PUT">${PHONE.busy}</Dial>`, 13210],
    ['a Dial dials a name, too', `<Dial><Number>Ann</Number><Number>${PHONE.busy}</Number></Dial>`, 13223],
  ];

  it.each(warnings)('is carried out all the same, with a warning, when %s', async (_, verb, code) => {
    test.customer.on('/next', response('<Say>The end.</Say>'));
    const Url = test.customer.on('/voice', response(`${verb}<Say>The end.</Say>`));
    const callSid = await test.call(PHONE.answers, { Url });
    await test.settled();
    expect(test.heard(PHONE.answers).at(-1)).toBe('The end.');
    expect(await notifications(callSid)).toMatchObject([{ code, log: '1' }]);
  });
});
