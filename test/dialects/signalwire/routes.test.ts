import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../core/operation.ts';
import { signalwire } from '../../../dialects/signalwire/index.ts';
import {
  ACCOUNT,
  ACCOUNT_UUID,
  APPLICATION,
  aCall,
  aFinishedCall,
  aNumber,
  anApplication,
  answered,
  CALL,
  CALL_UUID,
  CALLS,
  decoded,
  NOW_MS,
  NUMBER,
  ONE_CALL,
  refused,
} from './fixtures.ts';

const NUMBERS = `/2010-04-01/Accounts/${ACCOUNT}/IncomingPhoneNumbers.json`;
const ONE_NUMBER = `/2010-04-01/Accounts/${ACCOUNT}/IncomingPhoneNumbers/${NUMBER}.json`;

describe('The paths', () => {
  const prefixes = ['/2010-04-01', '/api/laml/2010-04-01'];

  it.each(prefixes.flatMap(prefix => ['', '.json'].map(suffix => [prefix, suffix] as const)))(
    'under %s, ending in "%s", lead to every operation',
    (prefix, suffix) => {
      const account = `${prefix}/Accounts/${ACCOUNT}`;
      const lines: [method: string, path: string, operation: string][] = [
        ['GET', '/Calls', 'listCalls'],
        ['GET', `/Calls/${CALL}`, 'readCall'],
        ['DELETE', `/Calls/${CALL}`, 'deleteCall'],
        ['GET', `/Calls/${CALL}/Events`, 'listDeliveries'],
        ['GET', `/Calls/${CALL}/Notifications`, 'listNotifications'],
        ['GET', '/IncomingPhoneNumbers', 'listNumbers'],
        ['GET', `/IncomingPhoneNumbers/${NUMBER}`, 'readNumber'],
        ['GET', '/Applications', 'listApplications'],
        ['GET', `/Applications/${APPLICATION}`, 'readApplication'],
        ['DELETE', `/Applications/${APPLICATION}`, 'deleteApplication'],
      ];
      for (const [method, path, operation] of lines) {
        const result = {
          calls: [],
          call: aCall(),
          numbers: [],
          number: aNumber(),
          deliveries: [],
          notifications: [],
          applications: [],
          application: anApplication(),
        };
        expect(answered(result, account + path + suffix, { method }).operation).toBe(operation);
      }
    },
  );

  it('have one handler each', () => {
    const all = signalwire.routes.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(all).size).toBe(all.length);
  });

  it('take either spelling of a SID', () => {
    for (const account of [ACCOUNT, ACCOUNT_UUID])
      for (const call of [CALL, CALL_UUID])
        expect(decoded(`/2010-04-01/Accounts/${account}/Calls/${call}.json`)).toEqual({ callSid: CALL });
  });

  it('answer in the spelling of the account, and on the prefix that was asked', () => {
    const byUuid = answered(
      { call: aCall({ parentSid: CALL }) },
      `/api/laml/2010-04-01/Accounts/${ACCOUNT_UUID}/Calls/${CALL}`,
    );
    expect(byUuid.body).toMatchObject({
      sid: CALL_UUID,
      account_sid: ACCOUNT_UUID,
      parent_call_sid: CALL_UUID,
      uri: `/api/laml/2010-04-01/Accounts/${ACCOUNT_UUID}/Calls/${CALL_UUID}.json`,
    });
    expect(answered({ call: aCall() }, ONE_CALL).body).toMatchObject({
      sid: CALL,
      account_sid: ACCOUNT,
      uri: ONE_CALL,
    });
  });

  it('lead nowhere under another account', () => {
    const { kind } = refused(`/2010-04-01/Accounts/AC${'f'.repeat(32)}/Calls.json`);
    expect(kind).toBe('unauthorized');
    expect(refused('/2010-04-01/Accounts/ann/Calls.json').kind).toBe('unknown-route');
  });

  it('lead nowhere for what is no SID', () => {
    expect(refused(`/2010-04-01/Accounts/${ACCOUNT}/Calls/nonsense.json`).kind).toBe('unknown-call');
    expect(refused(`/2010-04-01/Accounts/${ACCOUNT}/IncomingPhoneNumbers/x`).kind).toBe('unknown-number');
  });
});

describe('A call', () => {
  it('shows every field of both platforms while it rings, unknown ones as null', () => {
    const { body } = answered({ call: aCall({ status: 'initiated', startedAtMs: NOW_MS }) }, ONE_CALL);
    expect(body).toEqual({
      sid: CALL,
      account_sid: ACCOUNT,
      parent_call_sid: null,
      phone_number_sid: null,
      group_sid: null,
      trunk_sid: null,
      to: '+12025550100',
      from: '+12025550110',
      to_formatted: '(202) 555-0100',
      from_formatted: '(202) 555-0110',
      formatted_to: '(202) 555-0100',
      formatted_from: '(202) 555-0110',
      status: 'queued',
      direction: 'outbound-api',
      date_created: 'Thu, 04 Apr 2024 18:32:10 +0000',
      date_updated: 'Thu, 04 Apr 2024 18:32:15 +0000',
      start_time: 'Thu, 04 Apr 2024 18:32:15 +0000',
      end_time: null,
      duration: null,
      price: null,
      price_unit: 'USD',
      answered_by: null,
      api_version: '2010-04-01',
      forwarded_from: null,
      caller_name: null,
      annotation: null,
      queue_time: '5000',
      uri: ONE_CALL,
      subresource_uris: {
        events: ONE_CALL.replace('.json', '/Events.json'),
        notifications: ONE_CALL.replace('.json', '/Notifications.json'),
        recordings: null,
      },
      sip_result_code: null,
      audio_in_mos: null,
      audio_rtt_avg: null,
      audio_rtt_min: null,
      audio_rtt_max: null,
      audio_out_jitter_min: null,
      audio_out_jitter_max: null,
      audio_out_jitter_avg: null,
      audio_out_lost: null,
    });
  });

  it('that is over shows how long it lasted: a text to Twilio’s client, a number to SignalWire’s', () => {
    expect(answered({ call: aFinishedCall() }, ONE_CALL).body).toMatchObject({
      duration: '61',
      sip_result_code: '200',
    });
    const byUuid = `/2010-04-01/Accounts/${ACCOUNT_UUID}/Calls/${CALL_UUID}.json`;
    expect(answered({ call: aFinishedCall() }, byUuid).body['duration']).toBe(61);
  });

  it('is deleted with an empty answer', () => {
    expect(answered(undefined, ONE_CALL, { method: 'DELETE' })).toMatchObject({
      status: 204,
      body: undefined,
    });
  });
});

describe('A change of a call', () => {
  const changed = (form: Record<string, string>) => decoded(ONE_CALL, { form });

  it.each([
    [{ Status: 'completed' }, [{ hangUp: 'completed' }]],
    [{ Status: 'canceled' }, [{ hangUp: 'canceled' }]],
    [
      { Url: 'https://example.com/n', Method: 'GET' },
      [{ redirect: { target: { url: 'https://example.com/n', method: 'GET' } } }],
    ],
    [
      { Url: 'https://example.com/n', FallbackUrl: 'https://example.com/f', FallbackMethod: 'GET' },
      [
        {
          redirect: {
            target: { url: 'https://example.com/n', method: 'POST' },
            fallback: { url: 'https://example.com/f', method: 'GET' },
          },
        },
      ],
    ],
    [{ Twiml: '<Response><Hangup/></Response>' }, [{ redirect: { verbs: [{ verb: 'Hangup' }] } }]],
    [
      { StatusCallback: 'https://example.com/s', StatusCallbackMethod: 'GET', Status: 'completed' },
      [
        { callback: { url: 'https://example.com/s', method: 'GET', events: ['completed'] } },
        { hangUp: 'completed' },
      ],
    ],
  ])('by %j is %j', (form, changes) => {
    expect(changed(form as Record<string, string>)).toEqual({ callSid: CALL, changes });
  });

  it.each([
    ['nothing', {}, undefined],
    ['another status', { Status: 'ringing' }, undefined],
    ['both its end and another document', { Status: 'completed', Url: 'https://example.com/' }, undefined],
    ['a relative Url', { Url: '/x' }, 21205],
    ['another method', { Url: 'https://example.com/', Method: 'PUT' }, 21209],
    ['a FallbackUrl alone', { FallbackUrl: 'https://example.com/' }, undefined],
    ['a wrong StatusCallback', { StatusCallback: 'x' }, 21456],
    ['a time limit', { TimeLimit: '60' }, undefined],
    ['an invalid document', { Twiml: '<a' }, 12100],
  ])('is refused that says %s', (_, form, code) => {
    expect(refused(ONE_CALL, { form: form as Record<string, string>, method: 'POST' }).code).toBe(code);
  });

  it('is answered with the call', () => {
    const { status, body } = answered({ call: aFinishedCall() }, ONE_CALL, { form: { Status: 'completed' } });
    expect([status, body['status']]).toEqual([200, 'completed']);
  });
});

describe('A list of calls', () => {
  const filtered = (query: string) => (decoded(CALLS, { query }) as { filter: unknown }).filter;
  const day = Date.UTC(2024, 0, 2);

  it.each([
    ['', {}],
    ['To=&Status=&StartTime=', {}],
    ['To=%2B12025550100&From=%2B12025550110', { to: '+12025550100', from: '+12025550110' }],
    [`ParentCallSid=${CALL_UUID}`, { parentSid: CALL }],
    ['Status=queued', { statuses: ['queued', 'initiated'] }],
    ['Status=busy&Status=no-answer', { statuses: ['busy', 'no-answer'] }],
    ['StartTime=2024-01-02', { startedAfterMs: day, startedBeforeMs: day + 86_399_999 }],
    ['StartTime>=2024-01-02', { startedAfterMs: day }],
    ['StartTime%3E=2024-01-02T00%3A00%3A00Z', { startedAfterMs: day }],
    ['StartTime<=2024-01-02', { startedBeforeMs: day }],
    ['StartTime%3C=2024-01-02T00%3A00%3A05Z', { startedBeforeMs: day + 5_999 }],
    ['EndTime%3E=Tue%2C%2002%20Jan%202024%2000%3A00%3A00%20%2B0000', { endedAfterMs: day }],
    ['EndTime=2024-01-02T00:00:00Z', { endedAfterMs: day, endedBeforeMs: day + 999 }],
    [
      'StartTime>=2024-01-02&StartTime<=2024-01-03',
      { startedAfterMs: day, startedBeforeMs: day + 86_400_000 },
    ],
  ] as [string, object][])('filtered by %s asks for %j', (query, filter) => {
    expect(filtered(query)).toEqual(filter);
  });

  it.each([
    ['Status=lost', 'invalid-parameter', undefined],
    ['StartTime=yesterday', 'invalid-parameter', undefined],
    ['EndTime%3C=2024-13-01', 'invalid-parameter', undefined],
    ['ParentCallSid=x', 'invalid-parameter', undefined],
    ['Page=1', 'invalid-page', 54453],
    ['PageSize=0', 'invalid-page', 54454],
    ['PageSize=many', 'invalid-page', 54454],
    ['Page=-1', 'invalid-page', 21481],
    ['Page=1&PageToken=x', 'invalid-page', 21481],
  ])('is refused with %s', (query, kind, code) => {
    const problem = refused(CALLS, { query });
    expect([problem.kind, problem.code]).toEqual([kind, code]);
  });

  it('has pages of 50, and of 1000 at most', () => {
    const sizes = ['', 'PageSize=7', 'PageSize=5000'].map(query => decoded(CALLS, { query }));
    expect(sizes).toMatchObject([{ pageSize: 50 }, { pageSize: 7 }, { pageSize: 1_000 }]);
  });

  it('comes in an envelope whose links keep the filters', () => {
    const { body } = answered({ calls: [aCall(), aCall()], nextPageToken: 'abc' }, CALLS, {
      query: 'Status=queued&StartTime%3C=2024-02-02T00:00:00Z&PageSize=2',
    });
    const filters = 'Status=queued&StartTime%3C=2024-02-02T00%3A00%3A00Z';
    expect(body).toMatchObject({
      uri: `${CALLS}?${filters}&PageSize=2&Page=0`,
      first_page_uri: `${CALLS}?${filters}&PageSize=2&Page=0`,
      next_page_uri: `${CALLS}?${filters}&PageSize=2&Page=1&PageToken=PAabc`,
      previous_page_uri: null,
      page: 0,
      page_size: 2,
      start: 0,
      end: 1,
    });
    expect(body['calls']).toHaveLength(2);
    expect(decoded(CALLS, { query: String(body['next_page_uri']).split('?')[1] ?? '' })).toMatchObject({
      pageToken: 'abc',
      pageSize: 2,
    });
  });

  it('has no next page after its last', () => {
    const { body } = answered({ calls: [] }, CALLS, { query: 'Page=1&PageToken=PAx' });
    expect(body).toMatchObject({ next_page_uri: null, page: 1, calls: [] });
    expect(body['previous_page_uri']).toBe(`${CALLS}?PageSize=50&Page=0`);
  });

  it('names filters that there are not', () => {
    const { headers } = answered({ calls: [] }, CALLS, { query: 'Colour=red' });
    expect(headers?.['dialplane-ignored-parameters']).toBe('Colour');
  });
});

describe('The events of a call', () => {
  const path = ONE_CALL.replace('.json', '/Events.json');
  const delivery: Delivery = {
    eventId: `${CALL}-1`,
    callSid: CALL,
    request: {
      method: 'POST',
      url: 'https://example.com/s',
      parameters: { CallSid: CALL, AudioInMos: '4.50' },
    },
    state: 'delivered',
    attempts: [
      { atMs: NOW_MS, durationMs: 15_000, error: 'timed out' },
      { atMs: NOW_MS + 20_000, durationMs: 12, status: 204 },
    ],
  };

  it('are the attempts at its status callbacks, as Twilio shows them', () => {
    const { body } = answered({ deliveries: [delivery] }, path);
    const request = {
      method: 'POST',
      url: 'https://example.com/s',
      parameters: { call_sid: CALL, audio_in_mos: '4.50' },
    };
    expect(body['events']).toMatchObject([
      {
        request,
        response: {
          date_created: 'Thu, 04 Apr 2024 18:32:15 +0000',
          request_duration: 15_000,
          response_code: null,
          error: 'timed out',
        },
      },
      { request, response: { response_code: 204, request_duration: 12 }, state: 'delivered' },
    ]);
  });

  it('show a callback that has not been tried yet without a response', () => {
    const { body } = answered({ deliveries: [{ ...delivery, attempts: [], state: 'pending' }] }, path);
    expect(body['events']).toMatchObject([{ response: null, state: 'pending' }]);
  });

  it('come in pages', () => {
    const query = 'PageSize=1&Page=1&PageToken=PA1';
    const { body } = answered({ deliveries: [delivery, delivery] }, path, { query });
    expect(body).toMatchObject({ page: 1, page_size: 1, start: 1, end: 1 });
    expect(body['next_page_uri']).toContain('Page=2&PageToken=PA2');
    expect(body['events']).toMatchObject([{ response: { response_code: 204 } }]);
  });
});

describe('The notifications of a call', () => {
  const path = ONE_CALL.replace('.json', '/Notifications.json');
  const notifications = [
    {
      code: 13212,
      level: 'warning',
      message: 'Dial: too long.',
      occurredAtMs: NOW_MS,
      url: 'https://example.com/v',
    },
    { code: 11200, level: 'error', message: 'No answer.', occurredAtMs: NOW_MS + 1 },
  ];

  it('are shown as Twilio shows them', () => {
    const { body } = answered({ notifications }, path);
    expect(body['notifications']).toMatchObject([
      {
        sid: expect.stringMatching(/^NO[0-9a-f]{32}$/),
        account_sid: ACCOUNT,
        call_sid: CALL,
        api_version: '2010-04-01',
        log: '1',
        error_code: '13212',
        message_text: 'Dial: too long.',
        message_date: 'Thu, 04 Apr 2024 18:32:15 +0000',
        request_url: 'https://example.com/v',
        more_info: 'https://www.twilio.com/docs/errors/13212',
      },
      { log: '0', error_code: '11200', request_url: null },
    ]);
  });

  it('can be filtered by their level and date', () => {
    const shown = (query: string) =>
      (answered({ notifications }, path, { query }).body['notifications'] as { error_code: string }[]).map(
        each => each.error_code,
      );
    expect(shown('Log=0')).toEqual(['11200']);
    expect(shown('MessageDate=2024-04-05')).toEqual([]);
    expect(shown('MessageDate=2024-04-04')).toEqual(['13212', '11200']);
    expect(refused(path, { query: 'Log=2' }).kind).toBe('invalid-parameter');
  });
});

describe('A phone number', () => {
  it('shows where its calls go', () => {
    expect(answered({ number: aNumber() }, ONE_NUMBER).body).toMatchObject({
      sid: NUMBER,
      account_sid: ACCOUNT,
      friendly_name: 'Front desk',
      phone_number: '+12025550110',
      voice_url: 'https://example.com/voice',
      voice_method: 'GET',
      voice_fallback_url: '',
      voice_fallback_method: 'POST',
      status_callback: '',
      status_callback_method: 'POST',
      capabilities: { voice: true, sms: false, mms: false, fax: false },
      date_created: 'Thu, 04 Apr 2024 18:32:15 +0000',
      uri: ONE_NUMBER,
    });
  });

  it('is found by its digits or its name', () => {
    expect(decoded(NUMBERS, { query: 'PhoneNumber=%2B12025550110&FriendlyName=Front%20desk' })).toEqual({
      number: '+12025550110',
      friendlyName: 'Front desk',
    });
    const { body } = answered({ numbers: [aNumber()] }, NUMBERS);
    expect(body['incoming_phone_numbers']).toHaveLength(1);
  });

  it.each([
    [{ FriendlyName: 'Sales' }, { friendlyName: 'Sales' }],
    [{ VoiceUrl: 'https://a.example/v' }, { voice: { url: 'https://a.example/v' } }],
    [{ VoiceMethod: 'GET' }, { voice: { method: 'GET' } }],
    [
      { VoiceUrl: 'https://a.example/v', VoiceMethod: 'GET' },
      { voice: { url: 'https://a.example/v', method: 'GET' } },
    ],
    [{ VoiceUrl: '' }, { voice: null }],
    [
      { VoiceFallbackUrl: 'https://a.example/f', VoiceFallbackMethod: 'GET' },
      { voiceFallback: { url: 'https://a.example/f', method: 'GET' } },
    ],
    [
      { StatusCallback: '', VoiceFallbackUrl: '' },
      { statusCallback: null, voiceFallback: null },
    ],
    [
      { StatusCallback: 'https://a.example/s', StatusCallbackMethod: 'GET' },
      { statusCallback: { url: 'https://a.example/s', method: 'GET' } },
    ],
    [{ VoiceReceiveMode: 'voice' }, {}],
    [{ VoiceApplicationSid: '' }, { applicationSid: null }],
    [{ VoiceApplicationSid: APPLICATION }, { applicationSid: APPLICATION }],
  ])('is changed by %j', (form, change) => {
    expect(decoded(ONE_NUMBER, { form: form as Record<string, string> })).toEqual({
      numberSid: NUMBER,
      change,
    });
  });

  it.each([
    [{ VoiceUrl: '/v' }, 21402],
    [{ VoiceFallbackUrl: 'x' }, 21402],
    [{ StatusCallback: 'x' }, 21456],
    [{ VoiceUrl: 'https://a.example/', VoiceMethod: 'PUT' }, 21209],
    [{ VoiceApplicationSid: 'AP1' }, 21218],
    [{ VoiceReceiveMode: 'fax' }, undefined],
    [{ AccountSid: ACCOUNT }, undefined],
    [{ TrunkSid: 'TK1' }, undefined],
    [{ FriendlyName: 'x'.repeat(65) }, undefined],
  ])('is not changed by %j', (form, code) => {
    expect(refused(ONE_NUMBER, { form: form as unknown as Record<string, string> }).code).toBe(code);
  });

  it('names parameters without effect', () => {
    const { headers } = answered({ number: aNumber() }, ONE_NUMBER, {
      form: { SmsUrl: 'https://a.example/' },
    });
    expect(headers?.['dialplane-ignored-parameters']).toBe('SmsUrl');
  });
});
