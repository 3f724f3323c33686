import { describe, expect, it } from 'vitest';
import type { PlaceCall } from '../../../core/operation.ts';
import { toUuid } from '../../../core/sid.ts';
import { APPLICATION, aCall, answered, CALLS, decoded, refused } from './fixtures.ts';

const NEEDED = { To: '+12025550100', From: '+12025550110', Url: 'https://example.com/voice' };

const placed = (form: Record<string, string | string[]>) => decoded(CALLS, { form }) as PlaceCall;
const refusedWith = (form: Record<string, string | string[]>) => {
  const { kind, code, field, message } = refused(CALLS, { form });
  expect(message.startsWith(field ?? '')).toBe(true);
  expect(message).toMatch(/\.$/);
  return { kind, code, field };
};
const without = (name: keyof typeof NEEDED) =>
  Object.fromEntries(Object.entries(NEEDED).filter(([each]) => each !== name));

describe('A call that is created', () => {
  it('goes from From to To and asks Url by POST', () => {
    expect(placed(NEEDED)).toEqual({
      to: '+12025550100',
      from: '+12025550110',
      fields: { to: 'To', from: 'From' },
      entry: { target: { url: 'https://example.com/voice', method: 'POST' } },
    });
  });

  it('may be described in JSON just as in a form', () => {
    const json = {
      ...NEEDED,
      Timeout: 20,
      StatusCallback: 'https://example.com/s',
      StatusCallbackEvent: ['ringing', 'answered'],
      SendDigits: null,
    };
    expect(decoded(CALLS, { json })).toEqual(
      placed({
        ...NEEDED,
        Timeout: '20',
        StatusCallback: 'https://example.com/s',
        StatusCallbackEvent: 'ringing answered',
      }),
    );
  });

  it('takes every documented parameter that has a function here', () => {
    const asked = {
      ...NEEDED,
      Method: 'get',
      FallbackUrl: 'https://example.com/fallback',
      FallbackMethod: 'GET',
      StatusCallback: 'https://example.com/status',
      StatusCallbackMethod: 'GET',
      StatusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
      Timeout: '600',
      TimeLimit: '14400',
      CallerId: '+12025550110',
    };
    expect(placed(asked)).toEqual({
      to: '+12025550100',
      from: '+12025550110',
      fields: { to: 'To', from: 'From' },
      entry: {
        target: { url: 'https://example.com/voice', method: 'GET' },
        fallback: { url: 'https://example.com/fallback', method: 'GET' },
      },
      callback: {
        url: 'https://example.com/status',
        method: 'GET',
        events: ['initiated', 'ringing', 'answered', 'in-progress', 'completed'],
      },
      ringTimeoutSeconds: 600,
      timeLimitSeconds: 14_400,
    });
  });

  it.each([
    ['Record', 'false'],
    ['Record', 'do-not-record'],
    ['RecordingChannels', 'dual'],
    ['RecordingTrack', 'both'],
    ['RecordingStatusCallback', 'https://example.com/r'],
    ['RecordingStatusCallbackMethod', 'POST'],
    ['RecordingStatusCallbackEvent', 'completed'],
    ['Trim', 'trim-silence'],
    ['MachineDetection', 'none'],
    ['MachineDetectionTimeout', '30'],
    ['MachineDetectionSpeechThreshold', '2400'],
    ['MachineDetectionSpeechEndThreshold', '1200'],
    ['MachineDetectionSilenceTimeout', '5000'],
    ['MachineWordsThreshold', '6'],
    ['AsyncAmd', 'false'],
    ['AsyncAmdStatusCallback', 'https://example.com/a'],
    ['AsyncAmdStatusCallbackMethod', 'POST'],
    ['AsyncAmdPartialResults', 'false'],
    ['ApplicationSid', ''],
    ['StatusCallbackEvent', 'completed'],
  ])('is not changed by %s=%s, which asks for nothing', (name, value) => {
    expect(placed({ ...NEEDED, [name]: value })).toEqual(placed(NEEDED));
  });

  it.each([
    ['completed by default', undefined, ['completed']],
    ['repeated', ['ringing', 'completed'], ['ringing', 'completed']],
    ['separated by spaces', 'initiated ringing', ['initiated', 'ringing']],
    ['told twice for an answer', 'answered', ['answered', 'in-progress']],
    ['SignalWire’s own, which never fire', 'ringing_queued completed', ['completed']],
  ])('has its events %s', (_, StatusCallbackEvent, events) => {
    const { callback } = placed({
      ...NEEDED,
      StatusCallback: 'https://example.com/s',
      ...(StatusCallbackEvent && { StatusCallbackEvent }),
    });
    expect(callback?.events).toEqual(events);
  });

  it.each([
    ['(202) 555-0100 with its plus', '+1 (202) 555-0100'],
    ['a plus that was not escaped', ' 12025550100'],
  ])('reads a number written as %s', (_, To) => {
    expect(placed({ ...NEEDED, To }).to).toBe('+12025550100');
  });

  it('carries a document along as its verbs', () => {
    const Twiml = '<Response><Say>Hello</Say><Dial callerId="+12025550111">+12025550101</Dial></Response>';
    expect(placed({ ...without('Url'), Twiml })).toMatchObject({
      entry: { verbs: [{ verb: 'Say', parts: ['Hello'] }, { verb: 'Dial' }] },
      callerIds: [{ number: '+12025550111', field: 'Twiml' }],
    });
    expect(placed({ ...without('Url'), Laml: Twiml })).toEqual(placed({ ...without('Url'), Twiml }));
  });

  it('may show a SIP address any name', () => {
    const Twiml = '<Response><Dial callerId="ann"><Sip>sip:bob@example.com</Sip></Dial></Response>';
    expect(placed({ ...without('Url'), Twiml })).not.toHaveProperty('callerIds');
  });

  it('sends its digits before the document that it carries', () => {
    const Twiml = '<Response><Say>Hello</Say></Response>';
    expect(placed({ ...without('Url'), Twiml, SendDigits: 'ww12#' }).entry).toMatchObject({
      verbs: [{ verb: 'SendDigits', digits: 'ww12#', loop: 1 }, { verb: 'Say' }],
    });
  });

  it('sends its digits before whatever document is at its URL', () => {
    expect(placed({ ...NEEDED, SendDigits: 'ww12#' }).entry).toMatchObject({
      target: { url: NEEDED.Url },
      first: [{ verb: 'SendDigits', digits: 'ww12#', loop: 1 }],
    });
  });

  it('shows its CallerId in place of From, which has to be the account’s as well', () => {
    expect(placed({ ...NEEDED, CallerId: '+12025550119' })).toMatchObject({
      from: '+12025550119',
      fields: { from: 'CallerId' },
      callerIds: [{ number: NEEDED.From, field: 'From' }],
    });
  });

  it('goes to a SIP address by TLS, with its headers, its credentials and whose call it is', () => {
    const To = 'sip:ann@example.com:5070;transport=udp?customheader=foo&X-B=b%20r';
    const form = { ...NEEDED, To, From: 'bob', SipAuthUsername: 'u', SipAuthPassword: 'p' };
    expect(placed(form)).toMatchObject({
      to: 'sip:ann@example.com:5070;transport=udp',
      from: 'bob',
      sipSettings: {
        attributes: [],
        transport: 'tls',
        headers: [
          ['X-Twilio-ApiVersion', '2010-04-01'],
          ['X-customheader', 'foo'],
          ['X-B', 'b r'],
        ],
        identifiedBy: { callSid: 'X-Twilio-CallSid', accountSid: 'X-Twilio-AccountSid' },
        sessionTimeoutSeconds: 600,
        credentials: { username: 'u', password: { clear: 'p' } },
      },
    });
  });

  it.each(['bob', 'client:bob', 'sip:bob@example.com'])('may come from %s over SIP', From => {
    expect(placed({ ...NEEDED, To: 'client:ann', From })).toMatchObject({ to: 'client:ann', from: 'bob' });
  });

  it('to a telephone asks in vain for what only SIP has, and says what', () => {
    const { sipSettings } = placed({ ...NEEDED, SipAuthUsername: 'u', SipAuthPassword: 'p' });
    expect(sipSettings?.attributes).toEqual(['SipAuthUsername', 'SipAuthPassword']);
  });

  it('leaves all that it does to its application, and names what that makes of no effect', () => {
    const form = { ...NEEDED, ApplicationSid: APPLICATION, StatusCallback: 'https://example.com/s' };
    expect(placed(form).entry).toEqual({ applicationSid: APPLICATION });
    expect(placed({ ...form, ApplicationSid: toUuid(APPLICATION), SendDigits: '1' }).entry).toEqual({
      applicationSid: APPLICATION,
      first: [{ verb: 'SendDigits', digits: '1', loop: 1 }],
    });
    const { headers } = answered({ call: aCall(), replayed: false }, CALLS, { form });
    expect(headers?.['dialplane-ignored-parameters']).toBe('Url, StatusCallback');
  });

  it('asks Url even if a document comes along', () => {
    expect(placed({ ...NEEDED, Twiml: '<nonsense' })).toEqual(placed(NEEDED));
  });
});

describe('A call is refused, with its number,', () => {
  it.each<[string, Record<string, string | string[]>, number]>([
    ['without To', without('To'), 21201],
    ['with an empty To', { ...NEEDED, To: '' }, 21201],
    ['without From', without('From'), 21213],
    ['without Url and Twiml', without('Url'), 21205],
    ['to what is no number', { ...NEEDED, To: 'Ann' }, 21211],
    ['to too long a number', { ...NEEDED, To: '+1234567890123456' }, 21211],
    ['to a SIP address that is none', { ...NEEDED, To: 'sip:' }, 21211],
    ['to a client that is none', { ...NEEDED, To: 'client:a b' }, 21211],
    ['with a header that cannot be sent', { ...NEEDED, To: 'sip:a@b.example?X-Twilio-A=1' }, 21228],
    ['with too long headers', { ...NEEDED, To: `sip:a@b.example?a=${'x'.repeat(1_024)}` }, 21227],
    ['over SIP from a name with a space', { ...NEEDED, To: 'sip:a@b.example', From: 'a b' }, 21212],
    ['from what is no number', { ...NEEDED, From: 'sip:ann@example.com' }, 21212],
    ['with a CallerId that is no number', { ...NEEDED, CallerId: 'Ann' }, 21212],
    ['with a relative Url', { ...NEEDED, Url: '/voice' }, 21205],
    ['with an ftp Url', { ...NEEDED, Url: 'ftp://example.com/' }, 21205],
    [
      'with a Url of more than 2048 characters',
      { ...NEEDED, Url: `https://e.com/${'x'.repeat(2_048)}` },
      21205,
    ],
    ['with another Method', { ...NEEDED, Method: 'PUT' }, 21209],
    ['with a wrong FallbackUrl', { ...NEEDED, FallbackUrl: 'nowhere' }, 21402],
    ['with a wrong FallbackMethod', { ...NEEDED, FallbackMethod: 'x' }, 21209],
    ['with a wrong StatusCallback', { ...NEEDED, StatusCallback: 'mailto:ann@example.com' }, 21456],
    ['with a wrong StatusCallbackMethod', { ...NEEDED, StatusCallbackMethod: 'x' }, 21209],
    ['with a wrong RecordingStatusCallback', { ...NEEDED, RecordingStatusCallback: 'x' }, 21456],
    ['with a Timeout of 0', { ...NEEDED, Timeout: '0' }, 21208],
    ['with a Timeout of 601', { ...NEEDED, Timeout: '601' }, 21208],
    ['with a Timeout in words', { ...NEEDED, Timeout: 'soon' }, 21208],
    ['with digits that are none', { ...NEEDED, SendDigits: '12x' }, 21206],
    ['with 33 digits', { ...NEEDED, SendDigits: '1'.repeat(33) }, 21206],
    ['of an application that is none', { ...NEEDED, ApplicationSid: 'AP1' }, 21218],
    ['that looks for machines', { ...NEEDED, MachineDetection: 'Enable' }, 21234],
    ['that looks for machines meanwhile', { ...NEEDED, AsyncAmd: 'true' }, 21234],
    ['with a wrong MachineDetectionTimeout', { ...NEEDED, MachineDetectionTimeout: '121' }, 21234],
    ['with a SIP user alone', { ...NEEDED, SipAuthUsername: 'ann' }, 21225],
    ['with a SIP password alone', { ...NEEDED, SipAuthPassword: 'hunter2' }, 21221],
    ['with too long a SIP user', { ...NEEDED, SipAuthUsername: 'x'.repeat(256) }, 21221],
    ['with too long a SIP password', { ...NEEDED, SipAuthPassword: 'x'.repeat(256) }, 21223],
  ])('%s', (_, form, code) => {
    expect(refusedWith(form).code).toBe(code);
  });

  it.each<[string, Record<string, string | string[]>, string]>([
    ['that is to be recorded', { ...NEEDED, Record: 'true' }, 'Record'],
    ['with a price limit', { ...NEEDED, MaxPricePerMinute: '0.05' }, 'MaxPricePerMinute'],
    ['with a TimeLimit of 0', { ...NEEDED, TimeLimit: '0' }, 'TimeLimit'],
    ['with a TimeLimit past four hours', { ...NEEDED, TimeLimit: '14401' }, 'TimeLimit'],
    [
      'with an event that there is not',
      { ...NEEDED, StatusCallbackEvent: 'finished' },
      'StatusCallbackEvent',
    ],
    ['with a parameter twice', { ...NEEDED, Timeout: ['20', '30'] }, 'Timeout'],
    ['with a wrong Trim', { ...NEEDED, Trim: 'much' }, 'Trim'],
  ])('%s', (_, form, field) => {
    expect(refusedWith(form).field).toBe(field);
  });

  it.each([
    ['that is no XML', '<Response>', 12100],
    ['with another root', '<Answer/>', 12102],
    ['with a verb that is not there yet', '<Response><Record/></Response>', 13750],
    ['with a relative URL', '<Response><Redirect>/next</Redirect></Response>', 15004],
  ])('with a document %s, under the document’s number', (_, Twiml, code) => {
    expect(refusedWith({ ...without('Url'), Twiml })).toEqual({
      kind: 'invalid-document',
      code,
      field: 'Twiml',
    });
  });

  it('with a document of more than 4000 characters', () => {
    expect(refusedWith({ ...without('Url'), Twiml: `<Response>${' '.repeat(4_000)}</Response>` }).field).toBe(
      'Twiml',
    );
  });

  it.each([
    ['a list', ['To']],
    ['a text', 'To'],
    ['an object in it', { To: { number: 1 } }],
  ])('when its JSON is %s', (_, json) => {
    expect(refused(CALLS, { json, method: 'POST' }).kind).toBe('malformed-body');
  });

  it('and no secret is repeated', () => {
    const { message } = refused(CALLS, { form: { ...NEEDED, SipAuthPassword: 'hunter2' } });
    expect(message).not.toContain('hunter2');
  });
});

describe('The answer to a create', () => {
  const answer = (form: Record<string, string | string[]>) =>
    answered({ call: aCall({ status: 'queued' }), replayed: false }, CALLS, { form });

  it('is 201 with the call', () => {
    expect(answer(NEEDED)).toMatchObject({
      status: 201,
      headers: {},
      body: { status: 'queued', to: '+12025550100' },
    });
  });

  it('names the parameters that had no effect', () => {
    const { headers } = answer({ ...NEEDED, Twiml: '<x', CallReason: 'lunch', 'Evil\r\nName': '1' });
    expect(headers?.['dialplane-ignored-parameters']).toBe('CallReason, Evil%0D%0AName, Twiml');
  });

  it('names those that go with a Url when there is none', () => {
    const { headers } = answer({
      ...without('Url'),
      Twiml: '<Response/>',
      FallbackUrl: 'https://example.com/f',
    });
    expect(headers?.['dialplane-ignored-parameters']).toBe('FallbackUrl');
  });

  it('tells the numbers of what is amiss in a document that is carried out all the same', () => {
    const { headers } = answer({
      ...without('Url'),
      Twiml: '<Response><Pause length="x"/><Say loop="-1">a</Say></Response>',
    });
    expect(headers?.['dialplane-document-warnings']).toBe('13910, 13510');
  });
});
