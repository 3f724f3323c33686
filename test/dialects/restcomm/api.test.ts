import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import type { PageCalls, PlaceCall } from '../../../core/operation.ts';
import { Problem, type ProblemKind } from '../../../core/problem.ts';
import { STATUSES } from '../../../dialects/restcomm/errors.ts';
import { restcomm } from '../../../dialects/restcomm/index.ts';
import { escaped } from '../../../dialects/restcomm/representation.ts';
import {
  ACCOUNT,
  APPLICATION,
  aCall,
  aClient,
  aNumber,
  anApplication,
  answered,
  aRequest,
  BASE,
  bodyOf,
  CALL,
  CALLS,
  CHILD,
  decoded,
  NOW_MS,
  NUMBER,
  ONE_CALL,
  type RequestParts,
} from './fixtures.ts';

const NEW = { From: '+12025550110', To: '+12025550100', Url: 'https://example.com/voice' };
const placed = (form: Record<string, string> = {}) =>
  decoded(CALLS, { form: { ...NEW, ...form } }) as PlaceCall;
const refusal = (path: string, parts: RequestParts) => {
  const { status, body } = answered({}, path, parts);
  return { status, body };
};

describe('A path', () => {
  const READ = [
    `/Calls/${CALL}`,
    `/Calls.json/${CALL}`,
    `/Calls/${CALL}.json`,
    `/Calls/ID${'0'.repeat(32)}-${CALL}`,
  ];

  it.each(['/restcomm/2012-04-24', '/api/2012-04-24'])(
    'under %s leads to a call, with .json or without',
    prefix => {
      for (const accounts of [
        `/Accounts/${ACCOUNT}`,
        `/Accounts.json/${ACCOUNT}`,
        `/Accounts/${ACCOUNT}.json`,
      ])
        for (const path of READ) expect(decoded(prefix + accounts + path)).toEqual({ callSid: CALL });
    },
  );

  it('without .json is answered in XML, unless Accept says otherwise', () => {
    const read = (path: string, headers = {}) => answered({ call: aCall() }, `${BASE}${path}`, { headers });
    expect(read(`/Calls/${CALL}`).headers?.['content-type']).toBe('application/xml');
    expect(read(`/Calls/${CALL}`, { accept: 'application/xml' }).body).toContain('<RestcommResponse><Call>');
    expect(read(`/Calls/${CALL}`, { accept: 'application/json' }).body).toMatchObject({ sid: CALL });
    expect(read(`/Calls/${CALL}.json`, { accept: 'application/xml' }).body).toMatchObject({ sid: CALL });
  });

  it('of another account is refused, 401', () => {
    const path = `/restcomm/2012-04-24/Accounts/AC${'9'.repeat(32)}/Calls.json`;
    expect(answered({}, path).status).toBe(401);
  });

  it('with a malformed SID of a call is refused, 400', () => {
    expect(answered({}, `${BASE}/Calls/CA123.json`).status).toBe(400);
  });
});

describe('A new call', () => {
  it('rings for as long as the platform says, and asks its document by POST', () => {
    expect(placed()).toEqual({
      to: '+12025550100',
      from: '+12025550110',
      fields: { to: 'To', from: 'From' },
      sipSettings: {
        leg: '',
        headers: [['X-RestComm-ApiVersion', '2012-04-24']],
        attributes: [],
        identifiedBy: { callSid: 'X-RestComm-CallSid', accountSid: 'X-RestComm-AccountSid' },
      },
      entry: { target: { url: 'https://example.com/voice', method: 'POST' } },
    });
  });

  it.each<[string, Record<string, string>, object]>([
    ['To', { To: 'sip:bob@127.0.0.1:5080?X-Custom-Header1=1234&other=1' }, { to: 'sip:bob@127.0.0.1:5080;transport=udp', sipSettings: { headers: [expect.anything(), ['X-Custom-Header1', '1234'], ['X-other', '1']] } }],
    ['To', { To: 'bob@example.com;transport=tcp' }, { to: 'sip:bob@example.com;transport=tcp' }],
    ['To', { To: 'client:alice?X-A=1' }, { to: 'client:alice', sipSettings: { headers: [expect.anything(), ['X-A', '1']] } }],
    ['To', { To: '+12025550101?X-A=1' }, { to: '+12025550101', sipSettings: { headers: [expect.anything(), ['X-A', '1']] } }],
    ['From', { From: 'client:alice' }, { from: 'alice' }],
    ['From', { From: 'sip:carol@example.com' }, { from: 'carol' }],
    ['Method', { Method: 'GET' }, { entry: { target: { method: 'GET' } } }],
    ['FallbackUrl', { FallbackUrl: 'https://example.com/f', FallbackMethod: 'get' }, { entry: { fallback: { url: 'https://example.com/f', method: 'GET' } } }],
    ['StatusCallback', { StatusCallback: 'https://example.com/s' }, { callback: { url: 'https://example.com/s', method: 'POST', events: ['initiated', 'ringing', 'answered', 'completed'] } }],
    ['StatusCallbackEvent', { StatusCallback: 'https://example.com/s', StatusCallbackMethod: 'GET', StatusCallbackEvent: 'answered, completed' }, { callback: { method: 'GET', events: ['answered', 'completed'] } }],
    ['Timeout', { Timeout: '7' }, { ringTimeoutSeconds: 7 }],
    ['Username', { Username: 'alice', Password: 'secret' }, { sipSettings: { credentials: { username: 'alice', password: { clear: 'secret' } } } }],
    ['ApiVersion', { ApiVersion: '2012-04-24' }, {}],
  ])('takes %s: %j', (_, form, expected) => {
    expect(placed(form)).toMatchObject(expected);
  }); // biome-ignore format: a table

  it.each(['From', 'To', 'Url'])('without %s is refused in plain text, 400', name => {
    const { [name as keyof typeof NEW]: _, ...form } = NEW;
    expect(answered({}, `${BASE}/Calls`, { form })).toEqual({
      status: 400,
      headers: { 'content-type': 'text/plain' },
      body: `${name} can not be null.`,
    });
  });

  it.each([
    { To: 'nobody at all' },
    { To: `sip:a@example.com?h=${'x'.repeat(1_100)}` },
    { From: 'two words' },
    { Url: '/relative' },
    { Method: 'PUT' },
    { Timeout: '601' },
    { StatusCallback: 'ftp://x' },
    { StatusCallbackEvent: 'moved' },
  ])('with %j is refused, 400', form => {
    expect(refusal(CALLS, { form: { ...NEW, ...form } })).toMatchObject({
      status: 400,
      body: { message: expect.any(String) },
    });
  });

  it('is answered with 200, and with what of the request had no effect', () => {
    const { status, headers } = answered({ call: aCall() }, CALLS, { form: { ...NEW, Colour: 'red' } });
    expect({ status, headers }).toEqual({
      status: 200,
      headers: { 'dialplane-ignored-parameters': 'Colour' },
    });
  });
});

describe('A call', () => {
  const ended = aCall({ status: 'completed', endedAtMs: NOW_MS + 61_400, updatedAtMs: NOW_MS + 61_400 });

  it('has the platform’s fields, in JSON without those that are absent', () => {
    expect(bodyOf({ call: ended }, ONE_CALL)).toEqual({
      sid: CALL,
      InstanceId: 'ID0123456789abcdef0123456789abcdef',
      date_created: 'Thu, 4 Apr 2024 18:32:10 +0000',
      date_updated: 'Thu, 4 Apr 2024 18:33:16 +0000',
      account_sid: ACCOUNT,
      to: '+12025550100',
      from: '+12025550110',
      status: 'completed',
      start_time: '2024-04-04T18:32:12.000Z',
      end_time: '2024-04-04T18:33:16.400Z',
      duration: 61,
      price_unit: 'USD',
      direction: 'outbound-api',
      api_version: '2012-04-24',
      caller_name: '+12025550110',
      uri: `${BASE}/Calls/${CALL}.json`,
      subresource_uris: { notifications: `${BASE}/Calls/${CALL}/Notifications.json` },
      ring_duration: 3,
    });
  });

  it('has them in XML in their order, absent ones as empty elements', () => {
    const { body } = answered({ call: aCall({ to: 'sip:a&b@x.example' }) }, `${BASE}/Calls/${CALL}`);
    const names = [...String(body).matchAll(/<([A-Z]\w*)\/?>/g)].map(([, name]) => name);
    expect(names).toEqual([
      'RestcommResponse', 'Call', 'Sid', 'InstanceId', 'DateCreated', 'DateUpdated', 'ParentCallSid', 'AccountSid', 'To', 'From',
      'PhoneNumberSid', 'Status', 'StartTime', 'EndTime', 'Duration', 'Price', 'PriceUnit', 'Direction', 'AnsweredBy',
      'ApiVersion', 'ForwardedFrom', 'CallerName', 'Uri', 'SubresourceUris', 'Notifications', 'Ring_duration',
    ]); // biome-ignore format: one list
    expect(body).toContain('<ParentCallSid/>');
    expect(body).toContain('<To>sip:a&amp;b@x.example</To>');
  });

  it('that came in lasts from its first ring, and one that was declined was busy', () => {
    expect(bodyOf({ call: { ...ended, direction: 'inbound' } }, ONE_CALL)['duration']).toBe(66);
    expect(bodyOf({ call: aCall({ status: 'no-answer', sipCode: 603 }) }, ONE_CALL)['status']).toBe('busy');
  });
});

describe('Any text in XML', () => {
  it('is read back as it was, as far as XML can hold it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), text => {
        let read = '';
        const parser = new SaxesParser();
        parser.on('text', chunk => {
          read += chunk;
        });
        parser.on('error', error => {
          throw error;
        });
        parser.write(`<a>${escaped(text)}</a>`).close();
        expect(read.replace(/[\ufffd\r\n]/g, '')).toBe(
          // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML cannot hold.
          text.toWellFormed().replace(/[\u0000-\u0008\u000b-\u000d\u000e-\u001f\ufffe\uffff\ufffd\n]/g, ''),
        );
      }),
    );
  });
});

describe('A change of a call', () => {
  const changes = (form: Record<string, string>) =>
    (decoded(ONE_CALL, { form }) as { changes: unknown[] }).changes;
  const Url = 'https://example.com/next';

  it.each<[string, Record<string, string>, unknown[]]>([
    ['Status', { Status: 'completed' }, [{ hangUp: 'completed' }]],
    ['Status', { Status: 'canceled' }, [{ hangUp: 'canceled', tooLate: 'ignore' }]],
    ['Url', { Url }, [{ redirect: { target: { url: Url, method: 'POST' } }, evenUnanswered: true, connected: 'hung-up' }]],
    ['Method', { Url, Method: 'GET' }, [{ redirect: { target: { url: Url, method: 'GET' } }, evenUnanswered: true, connected: 'hung-up' }]],
    ['FallbackUrl', { Url, FallbackUrl: Url, FallbackMethod: 'GET' }, [{ redirect: { target: { url: Url, method: 'POST' }, fallback: { url: Url, method: 'GET' } }, evenUnanswered: true, connected: 'hung-up' }]],
    ['StatusCallback', { Url, StatusCallback: Url, StatusCallbackMethod: 'GET' }, [{ callback: { url: Url, method: 'GET', events: ['ringing', 'answered', 'completed'] } }, { redirect: expect.anything(), evenUnanswered: true, connected: 'hung-up' }]],
    ['MoveConnectedCallLeg', { Url, MoveConnectedCallLeg: 'false' }, [{ redirect: expect.anything(), evenUnanswered: true, connected: 'hung-up' }]],
    ['MoveConnectedCallLeg', { Url, MoveConnectedCallLeg: 'true' }, [{ redirect: { target: { url: Url, method: 'POST' } }, evenUnanswered: true, connected: { target: { url: Url, method: 'POST' } } }]],
    ['Mute', { Mute: 'false' }, [{ mute: false }]],
    ['Mute', { Mute: 'true' }, [{ mute: true }]],
  ])('takes %s: %j', (_, form, expected) => {
    expect(changes(form)).toEqual(expected);
  }); // biome-ignore format: a table

  it.each([
    [{}, 409, /Url, Status or Mute/],
    [{ Status: 'paused' }, 400, /Status/],
    [{ Mute: 'perhaps' }, 400, /Mute/],
  ])('with %j is refused, %i', (form, status, message) => {
    expect(refusal(ONE_CALL, { form: form as Record<string, string>, method: 'POST' })).toMatchObject({
      status,
      body: { message: expect.stringMatching(message) },
    });
  });
});

describe('A list of calls', () => {
  const calls = (count: number) =>
    Array.from({ length: count }, (_, n) =>
      aCall({ sid: `CA${String(n).padStart(28, '0')}0000`, createdAtMs: NOW_MS + n * 1_000 }),
    );
  const page = (count: number, query: string) =>
    bodyOf({ calls: calls(count), total: count }, CALLS, { query });

  it.each([
    // of how many, which page, its size | full pages, start, end, how many, previous, next
    [34, 0, 50, 0, 0, 34, 34, null, null],
    [34, 0, 10, 3, 0, 9, 10, null, 1],
    [34, 3, 10, 3, 30, 34, 4, 2, null],
    [100, 1, 50, 2, 50, 99, 50, 0, null],
    [0, 0, 50, 0, 0, 0, 0, null, null],
  ])('of %i has page %i of %i as the platform counts', (count, number, size, fullPages, start, end, items, previous, next) => {
    const uri = (at: number) => `${CALLS}?Page=${at}&PageSize=${size}`;
    const body = page(count, `Page=${number}&PageSize=${size}`);
    expect({ ...body, calls: (body['calls'] as unknown[]).length }).toEqual({
      page: number,
      num_pages: fullPages,
      page_size: size,
      total: count,
      start,
      end,
      uri: uri(number),
      first_page_uri: uri(0),
      previous_page_uri: previous === null ? null : uri(previous),
      next_page_uri: next === null ? null : uri(next),
      last_page_uri: uri(fullPages),
      calls: items,
    });
  }); // biome-ignore format: a table

  it('in XML has the envelope in its attributes', () => {
    const { body } = answered({ calls: calls(2), total: 2 }, `${BASE}/Calls`, { query: 'PageSize=1' });
    expect(body).toContain(
      `<Calls page="0" numpages="2" pagesize="1" total="2" start="0" end="0" uri="${BASE}/Calls?PageSize=1"`,
    );
    expect(body).toContain('previouspageuri="null"');
  });

  it.each(['Page=4&PageSize=10', 'PageSize=0', 'PageSize=1001', 'Page=-1', 'Page=x'])(
    'with %s is refused, 400',
    query => {
      expect(answered({ calls: calls(34), total: 34 }, CALLS, { query }).status).toBe(400);
    },
  );

  it.each<[string, string[]]>([
    ['', ['a', 'b', 'c']],
    ['SortBy=DateCreated', ['a', 'b', 'c']],
    ['SortBy=DateCreated:asc', ['a', 'b', 'c']],
    ['SortBy=DateCreated:desc', ['c', 'b', 'a']],
    ['Reverse=true', ['c', 'b', 'a']],
    ['SortBy=From', ['b', 'c', 'a']],
    ['SortBy=To:desc', ['b', 'c', 'a']],
    ['SortBy=Direction', ['c', 'a', 'b']],
    ['SortBy=Status', ['b', 'a', 'c']],
    ['SortBy=Duration:desc', ['b', 'a', 'c']],
    ['SortBy=Price', ['a', 'b', 'c']],
  ])('with %s is in that order', (query, order) => {
    const three = [
      aCall({ sid: 'a', createdAtMs: 1, from: '3', to: '1', direction: 'outbound-api' }),
      aCall({ sid: 'b', createdAtMs: 2, from: '1', to: '3', direction: 'outbound-dial', status: 'completed', endedAtMs: NOW_MS + 9_000 }),
      aCall({ sid: 'c', createdAtMs: 3, from: '2', to: '2', direction: 'inbound', status: 'ringing' }),
    ]; // biome-ignore format: a table
    const { calls: shown } = bodyOf({ calls: three.toReversed(), total: 3 }, CALLS, { query });
    expect((shown as { sid: string }[]).map(({ sid }) => sid)).toEqual(order);
  });

  const filter = (query: string) => decoded(CALLS, { query }) as PageCalls;

  it.each<[string, object]>([
    ['Status=In-Progress', { statuses: ['in-progress'] }],
    ['Status=queued', { statuses: ['queued', 'initiated'] }],
    ['Status=unheard-of', { statuses: [] }],
    [`ParentCallSid=${CALL}`, { parentSid: CALL }],
    ['StartTime=2024-04-04', { startedAfterMs: Date.UTC(2024, 3, 4) }],
    ['EndTime=2024-04-04', { endedBeforeMs: Date.UTC(2024, 3, 5) - 1 }],
  ])('is filtered by %s', (query, expected) => {
    expect(filter(query).filter).toEqual(expected);
  });

  it.each([
    ['From=2025550110', true],
    ['From=%2B12025550110', true],
    ['From=0111', false],
    ['From=%25202555%25', true],
    ['From=%2B1%250110', true],
    ['From=%2B1%250110%259', false],
    ['To=%25', true],
    ['To=0100', true],
    ['ConferenceSid=CF1', false],
    ['SubAccounts=true&localOnly=false', true],
  ])('with %s has, or has not, a call from +12025550110 to +12025550100: %s', (query, is) => {
    expect(filter(query).also?.(aCall())).toBe(is);
  });

  it.each(['StartTime=yesterday', 'ParentCallSid=CA1', 'SortBy=Colour'])('with %s is refused, 400', query => {
    expect(answered({ calls: [] }, CALLS, { query }).status).toBe(400);
  });
});

describe('Notifications of a call', () => {
  it('say what was wrong, and where', () => {
    const notifications = [{ code: 11008, level: 'warning', message: 'Sip (line 2): …', occurredAtMs: NOW_MS, url: 'https://example.com/' }];
    const { notifications: shown } = bodyOf({ notifications }, `${BASE}/Calls/${CALL}/Notifications.json`);
    expect(shown).toMatchObject([
      { sid: expect.stringMatching(/^NO[0-9a-f]{32}$/), call_sid: CALL, log: 1, error_code: 11008, message_text: 'Sip (line 2): …', request_url: 'https://example.com/' },
    ]);
  }); // biome-ignore format: a table
});

describe('Applications', () => {
  it('are made with a name, an RcmlUrl and the mode of answering', () => {
    const form = {
      FriendlyName: 'Desk',
      RcmlUrl: 'https://example.com/v',
      Kind: 'voice',
      DelayAnswer: 'true',
    };
    expect(decoded(`${BASE}/Applications.json`, { form })).toEqual({
      friendlyName: 'Desk',
      voice: { url: 'https://example.com/v' },
      delayAnswer: true,
      callbackEvents: ['ringing', 'answered', 'completed'],
    });
  });

  it.each(['POST', 'PUT'])('are changed by %s, and an empty RcmlUrl takes it away', method => {
    expect(decoded(`${BASE}/Applications/${APPLICATION}`, { method, form: { RcmlUrl: '' } })).toMatchObject({
      sid: APPLICATION,
      change: { voice: null },
    });
  });

  it('are shown, and listed in a bare array', () => {
    const shown = {
      sid: APPLICATION,
      friendly_name: 'Desk',
      account_sid: ACCOUNT,
      api_version: '2012-04-24',
      voice_caller_id_lookup: false,
      uri: `${BASE}/Applications/${APPLICATION}.json`,
      rcml_url: 'https://example.com/voice',
      kind: 'voice',
      delay_answer: false,
    };
    const application = anApplication();
    expect(bodyOf({ application }, `${BASE}/Applications/${APPLICATION}.json`)).toMatchObject(shown);
    expect(bodyOf({ applications: [application] }, `${BASE}/Applications.json`)).toMatchObject([shown]);
    expect(answered({ applications: [application] }, `${BASE}/Applications`).body).toContain(
      '<Applications><Application>',
    );
  });

  it.each([{ FriendlyName: '' }, {}, { FriendlyName: 'x'.repeat(65) }, { FriendlyName: 'a', Kind: 'sms' }])(
    'with %j are refused, 400',
    form => {
      expect(answered({}, `${BASE}/Applications.json`, { method: 'POST', form: form as never }).status).toBe(
        400,
      );
    },
  );

  it('are deleted, 204', () => {
    expect(answered(undefined, `${BASE}/Applications/${APPLICATION}.json`, { method: 'DELETE' })).toEqual({
      status: 204,
    });
  });
});

describe('Clients', () => {
  const SID = 'CLe8d3b2a1'.padEnd(34, '0');
  const password = 'correct-horse-battery';

  it('are made with a login and a password, and what becomes of their calls', () => {
    const form = {
      Login: 'alice',
      Password: password,
      FriendlyName: 'Alice',
      Status: '1',
      VoiceUrl: 'https://example.com/v',
      VoiceMethod: 'GET',
      VoiceFallbackUrl: 'https://example.com/f',
      VoiceFallbackMethod: 'GET',
      VoiceApplicationSid: APPLICATION,
      IsPushEnabled: 'false',
    };
    expect(decoded(`${BASE}/Clients.json`, { form })).toEqual({
      name: 'alice',
      password,
      friendlyName: 'Alice',
      voice: { url: 'https://example.com/v', method: 'GET' },
      voiceFallback: { url: 'https://example.com/f', method: 'GET' },
      applicationSid: APPLICATION,
      callbackEvents: ['ringing', 'answered', 'completed'],
    });
  });

  it.each(['POST', 'PUT'])('are changed by %s', method => {
    const form = { Password: password, VoiceApplicationSid: '' };
    expect(decoded(`${BASE}/Clients/${SID}.json`, { method, form })).toMatchObject({
      name: SID,
      password,
      applicationSid: null,
    });
  });

  it('are shown by a SID that stays, without their password, and listed in a bare array', () => {
    const client = aClient({ friendlyName: 'Alice' });
    const shown = bodyOf({ client }, `${BASE}/Clients/${SID}.json`);
    expect(shown).toMatchObject({
      sid: expect.stringMatching(/^CL[0-9a-f]{32}$/),
      login: 'alice',
      friendly_name: 'Alice',
      status: 1,
    });
    expect(JSON.stringify(shown)).not.toContain(client.secret.ciphertext);
    expect(bodyOf({ clients: [client] }, `${BASE}/Clients.json`)).toEqual([shown]);
  });

  it.each([
    { Login: 'a?b', Password: password },
    { Login: 'a=b', Password: password },
    { Login: 'a@b', Password: password },
    { Login: 'alice', Password: 'short' },
    { Login: 'alice' },
    { Login: 'alice', Password: password, Status: '0' },
    { Login: 'alice', Password: password, VoiceApplicationSid: 'AP1' },
  ])('with %j are refused, 400', form => {
    expect(answered({}, `${BASE}/Clients.json`, { form: form as never }).status).toBe(400);
  });

  it('are deleted, 204', () => {
    expect(answered(undefined, `${BASE}/Clients/${SID}.json`, { method: 'DELETE' })).toEqual({ status: 204 });
  });
});

describe('Phone numbers', () => {
  it('are told what becomes of their calls', () => {
    const form = {
      FriendlyName: 'Desk',
      VoiceUrl: 'https://example.com/v',
      VoiceMethod: 'GET',
      VoiceFallbackUrl: '',
      VoiceApplicationSid: APPLICATION,
      StatusCallback: 'https://example.com/s',
      StatusCallbackMethod: 'GET',
    };
    expect(decoded(`${BASE}/IncomingPhoneNumbers/${NUMBER}`, { form })).toEqual({
      numberSid: NUMBER,
      change: {
        friendlyName: 'Desk',
        voice: { url: 'https://example.com/v', method: 'GET' },
        voiceFallback: null,
        applicationSid: APPLICATION,
        statusCallback: { url: 'https://example.com/s', method: 'GET' },
        callbackEvents: ['ringing', 'answered', 'completed'],
      },
    });
  });

  it('are found by a part of them, or their name', () => {
    expect(
      decoded(`${BASE}/IncomingPhoneNumbers.json`, { query: 'PhoneNumber=%2B1202*&FriendlyName=Desk' }),
    ).toEqual({
      number: '+1202',
      friendlyName: 'Desk',
    });
  });

  it('are shown and listed', () => {
    const number = aNumber({ applicationSid: APPLICATION });
    const shown = bodyOf({ number }, `${BASE}/IncomingPhoneNumbers/${NUMBER}.json`);
    expect(shown).toMatchObject({
      sid: NUMBER,
      phone_number: '+12025550110',
      voice_url: 'https://example.com/voice',
      voice_method: 'GET',
      voice_application_sid: APPLICATION,
      capabilities: { voice_capable: true, sms_capable: false },
    });
    expect(bodyOf({ numbers: [number] }, `${BASE}/IncomingPhoneNumbers.json`)).toMatchObject({
      total: 1,
      incoming_phone_numbers: [shown],
    });
  });
});

describe('A problem', () => {
  const told = (kind: ProblemKind, path = CALLS, method = 'GET', headers = {}) =>
    restcomm.problem(new Problem(kind, 'Something <is> wrong.'), { method, path, headers, requestId: 'r' });

  it.each(Object.entries(STATUSES))('%s is a %i', (kind, status) => {
    expect(told(kind as ProblemKind).status).toBe(status);
    expect(status).toBeGreaterThanOrEqual(400);
  });

  it('is told in the form that was asked for', () => {
    expect(told('conflict').body).toEqual({ message: 'Something <is> wrong.' });
    expect(told('conflict', `${BASE}/Calls`).body).toContain(
      '<RestcommResponse><Message>Something &lt;is&gt; wrong.</Message></RestcommResponse>',
    );
    expect(told('conflict', `${BASE}/Calls`, 'GET', { accept: 'application/json' }).body).toEqual({
      message: 'Something <is> wrong.',
    });
  });

  it('about credentials names the platform’s realm', () => {
    expect(told('unauthorized').headers).toEqual({ 'www-authenticate': 'Basic realm="Restcomm realm"' });
  });

  it('about a call that there is not is a 404 to who reads it, and a 406 to who changes it', () => {
    expect(told('unknown-call').status).toBe(404);
    expect(told('unknown-call', ONE_CALL, 'POST').status).toBe(406);
  });
});

describe('Any request', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.webUrl(),
    fc.constantFrom(
      '',
      '+12025550100',
      'sip:a@b?c=d',
      'client:a',
      'true',
      'GET',
      'completed',
      '%',
      '__proto__',
    ),
  );
  const NAMES = [
    'From', 'To', 'Url', 'Method', 'Status', 'Mute', 'Timeout', 'StatusCallback', 'StatusCallbackEvent', 'Page', 'PageSize', 'SortBy',
    'StartTime', 'FriendlyName', 'Login', 'Password', 'VoiceUrl', 'VoiceApplicationSid', 'RcmlUrl', 'Reverse', '__proto__',
  ]; // biome-ignore format: one list
  const pairs = fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 5 });
  const RESULT = {
    call: aCall(), calls: [aCall(), aCall({ sid: CHILD })], total: 2, notifications: [], application: anApplication(),
    applications: [], client: aClient(), clients: [], number: aNumber(), numbers: [],
  }; // biome-ignore format: one list
  const PATHS = [
    ['POST', CALLS], ['GET', CALLS], ['POST', ONE_CALL], ['POST', `${BASE}/Applications`], ['PUT', `${BASE}/Applications/${APPLICATION}`],
    ['POST', `${BASE}/Clients`], ['POST', `${BASE}/IncomingPhoneNumbers/${NUMBER}`], ['GET', `${BASE}/IncomingPhoneNumbers`],
  ] as const; // biome-ignore format: one list

  it('is served, or refused with a status of its own; nothing else', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PATHS), pairs, ([method, path], given) => {
        const query = new URLSearchParams(Object.entries(given)).toString();
        const parts = method === 'GET' ? { query } : { method, form: given };
        const { status, headers = {} } = answered(RESULT, path, parts);
        expect(status).toBeGreaterThanOrEqual(200);
        for (const header of Object.values(headers)) expect(header).toMatch(/^[\x20-\x7e]*$/);
      }),
      { numRuns: 400 },
    );
  });

  it('has one line of the table', () => {
    const { route } = aRequest(CALLS);
    expect(route.operation).toBe('pageCalls');
    const keys = restcomm.routes.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
