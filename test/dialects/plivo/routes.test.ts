/** Requests and answers of the API, parameter by parameter. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Aside } from '../../../core/aside.ts';
import type { Call } from '../../../core/call.ts';
import type { PageCalls, PlaceCall } from '../../../core/operation.ts';
import { Problem, type ProblemKind } from '../../../core/problem.ts';
import { childSid, toUuid } from '../../../core/sid.ts';
import { IGNORED_HEADER } from '../../../dialects/parameters.ts';
import { createCall, MAX_DESTINATIONS } from '../../../dialects/plivo/contracts.ts';
import { problem, STATUSES } from '../../../dialects/plivo/errors.ts';
import {
  ACCOUNT,
  AUTH_ID,
  aCall,
  aFinishedCall,
  answered,
  anUnanswered,
  CALL,
  CALL_UUID,
  decoded,
  NOW_MS,
  PATH,
  REQUEST_ID,
  refused,
} from './fixtures.ts';

const CALLS = `${PATH}/Call`;
const ONE_CALL = `${CALLS}/${CALL_UUID}`;
const GOOD = { from: '12025550110', to: '12025550100', answer_url: 'https://example.com/answer' };
const placed = (more: object = {}) =>
  (decoded(CALLS, { json: { ...GOOD, ...more } }) as { calls: PlaceCall[] }).calls;
const call = (more: object = {}) => placed(more)[0] as PlaceCall;

describe('Beside a talk', () => {
  const changed = (path: string, json: object) =>
    (decoded(`${ONE_CALL}/${path}`, { json }) as { changes: { aside: Aside }[] }).changes[0]?.aside;
  const URLS = 'https://example.com/a.mp3, https://example.com/b.wav';

  it.each<[string, object, Aside]>([
    ['DTMF', { digits: '1w#' }, { to: 'caller', verbs: [{ verb: 'SendDigits', digits: '1w#', loop: 1 }] }],
    [
      'DTMF',
      { digits: 5, leg: 'bleg' },
      { to: 'callee', verbs: [{ verb: 'SendDigits', digits: '5', loop: 1 }] },
    ],
    [
      'Speak',
      { text: 'Hello.' },
      {
        to: 'caller',
        verbs: [{ verb: 'Say', parts: ['Hello.'], voiceId: 'Joanna', engine: 'standard', loop: 1 }],
      },
    ],
    [
      'Speak',
      { text: 'Bonjour.', voice: 'MAN', language: 'fr-FR', legs: 'bleg', loop: false, mix: true },
      {
        to: 'callee',
        verbs: [{ verb: 'Say', parts: ['Bonjour.'], voiceId: 'Mathieu', engine: 'standard', loop: 1 }],
      },
    ],
    [
      'Play',
      { urls: URLS },
      {
        to: 'caller',
        verbs: [
          { verb: 'Play', url: 'https://example.com/a.mp3', loop: 1 },
          { verb: 'Play', url: 'https://example.com/b.wav', loop: 1 },
        ],
      },
    ],
    [
      'Play',
      { urls: 'https://example.com/a.mp3', legs: 'bleg', loop: true, mix: false },
      { to: 'callee', verbs: [{ verb: 'Play', url: 'https://example.com/a.mp3', loop: 0 }] },
    ],
  ])('%s of %j is %j', (path, json, expected) => {
    expect(changed(path, json)).toEqual(expected);
  });

  it.each([
    ['DTMF', {}, 'digits'],
    ['DTMF', { digits: '1a' }, 'digits'],
    ['DTMF', { digits: '1'.repeat(101) }, 'digits'],
    ['DTMF', { digits: '1', leg: 'both' }, 'leg'],
    ['Speak', { text: ' ' }, 'text'],
    ['Speak', { text: 'Hello.', legs: 'both' }, 'legs'],
    ['Speak', { text: 'Hello.', loop: true }, 'loop'],
    ['Speak', { text: 'Hello.', voice: 'Polly.Nobody' }, 'voice'],
    ['Speak', { text: 'a'.repeat(3_001) }, 'text'],
    ['Play', { urls: 'music.mp3' }, 'urls'],
    ['Play', { urls: Array(9).fill('https://example.com/a.mp3').join(',') }, 'urls'],
    ['Play', { urls: 'https://example.com/a.mp3', length: 5 }, 'length'],
    ['Play', { urls: 'https://example.com/a.mp3', legs: 'both' }, 'legs'],
  ])('%s of %j is refused for its %s', (path, json, field) => {
    expect(refused(`${ONE_CALL}/${path}`, { json }).field).toBe(field);
  });

  it.each([
    ['DTMF', { digits: '1' }, 'digits sent'],
    ['Speak', { text: 'Hello.' }, 'speak started'],
    ['Play', { urls: 'https://example.com/a.mp3' }, 'play started'],
  ])('%s is answered', (path, json, message) => {
    expect(answered({ call: aCall() }, `${ONE_CALL}/${path}`, { json })).toMatchObject({
      status: 202,
      body: { api_id: REQUEST_ID, message },
    });
  });

  it.each(['Speak', 'Play'])('%s is ended', path => {
    const asked = { method: 'DELETE', json: {} };
    expect(decoded(`${ONE_CALL}/${path}`, asked)).toMatchObject({
      changes: [{ aside: { to: 'caller', verbs: [] } }],
    });
    expect(answered({ call: aCall() }, `${ONE_CALL}/${path}`, asked)).toEqual({ status: 204 });
  });
});

describe('A call', () => {
  it('is placed as the platform does where nothing is said of how', () => {
    expect(call()).toEqual({
      to: '+12025550100',
      from: '+12025550110',
      fields: { to: 'to', from: 'from' },
      entry: { target: { url: GOOD.answer_url, method: 'POST' } },
      callback: { url: GOOD.answer_url, method: 'POST', events: ['completed'] },
      sipSettings: { leg: 'to', headers: [], attributes: [] },
      ringTimeoutSeconds: 120,
    });
  });

  const HANGUP = 'https://example.com/hangup';
  it.each<[object, object]>([
    [{ answer_method: 'GET' }, { entry: { target: { method: 'GET' } }, callback: { method: 'GET' } }],
    [
      { ring_url: 'https://example.com/ring', ring_method: 'GET' },
      {
        callback: {
          events: ['ringing', 'completed'],
          elsewhere: { ringing: { url: 'https://example.com/ring', method: 'GET' } },
        },
      },
    ],
    [
      {
        callback_url: 'https://example.com/result',
        callback_method: 'GET',
        ring_url: 'https://example.com/ring',
      },
      {
        callback: {
          events: ['queued', 'ringing', 'completed'],
          elsewhere: {
            queued: { url: 'https://example.com/result', method: 'GET' },
            ringing: { url: 'https://example.com/ring', method: 'POST' },
          },
        },
        requestId: REQUEST_ID,
      },
    ],
    [{ hangup_url: HANGUP, hangup_method: 'GET' }, { callback: { url: HANGUP, method: 'GET' } }],
    [{ hangup_url: HANGUP, answer_method: 'GET' }, { callback: { url: HANGUP, method: 'POST' } }],
    [
      { fallback_url: 'https://example.com/f', fallback_method: 'GET' },
      { entry: { fallback: { url: 'https://example.com/f', method: 'GET' } } },
    ],
    [
      { fallback_answer_url: 'https://example.com/f' },
      { entry: { fallback: { url: 'https://example.com/f' } } },
    ],
    [{ caller_name: 'Ann' }, { callerName: 'Ann' }],
    [{ send_digits: '1w2W3@1000' }, { entry: { first: [{ verb: 'SendDigits', digits: '1w2W3', loop: 1 }] } }],
    [{ time_limit: 60 }, { timeLimitSeconds: 60 }],
    [{ time_limit: '60' }, { timeLimitSeconds: 60 }],
    [{ time_limit: 100_000 }, { timeLimitSeconds: 86_400 }],
    [{ hangup_on_ring: 0 }, { hangUpAfterRingingSeconds: 0 }],
    [{ ring_timeout: 30 }, { ringTimeoutSeconds: 30 }],
    [
      { sip_headers: 'Test=Sample' },
      {
        sipSettings: { headers: [['X-PH-Test', 'Sample']], attributes: [] },
        parameters: [['X-PH-Test', 'Sample']],
      },
    ],
    [{ machine_detection: false, machine_detection_time: 5_000, error_if_parent_not_found: true }, {}],
    [{ to: 'sip:bob@example.com;transport=tcp' }, { to: 'sip:bob@example.com;transport=tcp' }],
    [{ to: 'sip:ann@phone.plivo.com' }, { to: 'client:ann' }],
    [{ to: '1000123' }, { to: '1000123' }],
    [{ from: '+1 202 555 0110' }, { from: '+12025550110' }],
  ])('with %j is %j', (json, input) => {
    expect(call(json)).toMatchObject(input);
  });

  it('goes to each of several destinations', () => {
    expect(placed({ to: '12025550100<sip:bob@example.com< 12025550107' }).map(({ to }) => to)).toEqual([
      '+12025550100',
      'sip:bob@example.com',
      '+12025550107',
    ]);
    const many = Array.from({ length: MAX_DESTINATIONS }, (_, n) => String(12025550000 + n));
    expect(placed({ to: many.join('<') })).toHaveLength(MAX_DESTINATIONS);
    expect(refused(CALLS, { json: { ...GOOD, to: [...many, '12025559999'].join('<') } }).message).toContain(
      '1000',
    );
  });

  it.each<[string, object, string]>([
    ['no answer_url', { answer_url: undefined }, 'answer_url'],
    ['no from', { from: undefined }, 'from'],
    ['no to', { to: undefined }, 'to'],
    ['nobody among several', { to: '12025550100<' }, 'to'],
    ['somebody twice', { to: '12025550100<+12025550100' }, 'to'],
    ['a relative answer_url', { answer_url: '/answer' }, 'answer_url'],
    ['another method', { answer_method: 'PUT' }, 'answer_method'],
    ['too long a caller_name', { caller_name: 'a'.repeat(51) }, 'caller_name'],
    ['wrong send_digits', { send_digits: 'abc' }, 'send_digits'],
    ['send_on_preanswer', { send_on_preanswer: true }, 'send_on_preanswer'],
    ['no time at all', { time_limit: 0 }, 'time_limit'],
    ['a ring_timeout past ten minutes', { ring_timeout: 601 }, 'ring_timeout'],
    ['machine detection', { machine_detection: 'hangup' }, 'machine_detection'],
    ['a machine_detection_time out of range', { machine_detection_time: 100 }, 'machine_detection_time'],
    [
      'a parent that has to be there',
      { parent_call_uuid: CALL_UUID, error_if_parent_not_found: true },
      'parent_call_uuid',
    ],
    ['a parent that is no UUID', { parent_call_uuid: 'Ann' }, 'parent_call_uuid'],
    ['a relative callback_url', { callback_url: '/result' }, 'callback_url'],
  ])('is refused with %s', (_, json, field) => {
    expect(refused(CALLS, { json: { ...GOOD, ...json } }).field).toBe(field);
  });

  it('is answered with its UUID, and what of the request had no effect', () => {
    const json = { ...GOOD, colour: 'red', sip_headers: 'a-b=1,c=2' };
    expect(answered({ calls: [aCall()], replayed: false }, CALLS, { json })).toEqual({
      status: 201,
      headers: { [IGNORED_HEADER]: 'colour, sip_headers%3A%20a-b%3D1' },
      body: { api_id: REQUEST_ID, message: 'call fired', request_uuid: CALL_UUID },
    });
  });

  it('is answered with no more than that it is under way where a callback_url is told the rest', () => {
    const json = { ...GOOD, callback_url: 'https://example.com/result' };
    expect(answered({ calls: [aCall()], replayed: false }, CALLS, { json })).toEqual({
      status: 202,
      headers: {},
      body: { api_id: REQUEST_ID, message: 'async api spawned' },
    });
  });

  it('goes without a parent that need not be there, and says so', () => {
    const json = { ...GOOD, parent_call_uuid: CALL_UUID, machine_detection_time: 2_000 };
    const answer = answered({ calls: [aCall()], replayed: false }, CALLS, { json });
    expect(answer.headers).toEqual({ [IGNORED_HEADER]: 'parent_call_uuid, machine_detection_time' });
  });

  it('is answered with a list of UUIDs where there were several', () => {
    const calls = [aCall(), aCall({ sid: childSid(CALL, 1) })];
    expect(
      answered({ calls, replayed: false }, CALLS, { json: { ...GOOD, to: '12025550100<12025550107' } }).body,
    ).toEqual({
      api_id: REQUEST_ID,
      message: 'calls fired',
      request_uuid: [CALL_UUID, toUuid(childSid(CALL, 1))],
    });
  });

  it('that is over is shown field for field', () => {
    expect(answered({ call: aFinishedCall(), calls: [] }, ONE_CALL).body).toEqual({
      api_id: REQUEST_ID,
      answer_time: '2026-01-31 18:30:00+00:00',
      bill_duration: 61,
      billed_duration: 61,
      call_direction: 'outbound',
      call_duration: 61,
      call_state: 'ANSWER',
      call_status: 'completed',
      call_uuid: CALL_UUID,
      conference_uuid: null,
      end_time: '2026-01-31 18:31:01+00:00',
      from_number: '12025550110',
      hangup_cause_code: 4000,
      hangup_cause_name: 'Normal Hangup',
      hangup_source: expect.any(String),
      initiation_time: '2026-01-31 18:29:55+00:00',
      parent_call_uuid: null,
      resource_uri: `${ONE_CALL}/`,
      to_number: '12025550100',
      total_amount: '0.00000',
      total_rate: '0.00000',
    });
  });

  it('that is live or queued is shown where that is asked for', () => {
    const shown = (live: Call, status: string) =>
      answered({ call: live, calls: [] }, ONE_CALL, { query: `status=${status}` }).body;
    expect(shown(aCall(), 'live')).toEqual({
      api_id: REQUEST_ID,
      call_status: 'in-progress',
      call_uuid: CALL_UUID,
      caller_name: '',
      direction: 'outbound',
      from: '12025550110',
      to: '12025550100',
      request_uuid: CALL_UUID,
      session_start: '2026-01-31 18:29:55.123000',
    });
    expect(shown(anUnanswered('queued'), 'queued')).toMatchObject({
      call_status: 'queued',
      call_uuid: CALL_UUID,
    });
  });

  it.each<[Call['status'], string]>([
    ['in-progress', ''],
    ['queued', ''],
    ['queued', 'status=live'],
    ['ringing', 'status=queued'],
  ])('that is %s is not found by ?%s', (status, query) => {
    const { endedAtMs: _, ...unfinished } = anUnanswered(status);
    expect(() => answered({ call: unfinished, calls: [] }, ONE_CALL, { query })).toThrow(Problem);
  });
});

describe('A change of a call', () => {
  const target = { url: 'https://example.com/next', method: 'GET' };

  it('is a transfer of its A leg', () => {
    const json = { legs: 'aleg', aleg_url: target.url, aleg_method: 'GET' };
    expect(decoded(ONE_CALL, { json })).toMatchObject({ callSid: CALL, changes: [{ redirect: { target } }] });
    expect(answered({ call: aCall() }, ONE_CALL, { json })).toMatchObject({
      status: 202,
      body: { api_id: REQUEST_ID, message: 'call transferred', call_uuids: [CALL_UUID] },
    });
  });

  it.each([
    ['bleg', { bleg_url: target.url, bleg_method: 'GET' }, { connected: { target } }],
    [
      'both',
      { aleg_url: target.url, bleg_url: 'https://example.com/b', aleg_method: 'GET' },
      { redirect: { target }, connected: { target: { url: 'https://example.com/b', method: 'POST' } } },
    ],
  ])('is a transfer of legs=%s', (legs, urls, change) => {
    expect(decoded(ONE_CALL, { json: { legs, ...urls } })).toEqual({ callSid: CALL, changes: [change] });
  });

  it.each([
    [{}, 'aleg_url'],
    [{ legs: 'aleg' }, 'aleg_url'],
    [{ legs: 'bleg' }, 'bleg_url'],
    [{ legs: 'bleg', aleg_url: target.url }, 'bleg_url'],
    [{ legs: 'both', bleg_url: target.url }, 'aleg_url'],
    [{ legs: 'both', aleg_url: target.url }, 'bleg_url'],
    [{ aleg_url: '/x' }, 'aleg_url'],
  ])('is refused with %j', (json, field) => {
    expect(refused(ONE_CALL, { json }).field).toBe(field);
  });

  it('is its end, whatever its state, and its cancellation before it begins', () => {
    expect(decoded(ONE_CALL, { method: 'DELETE', json: {} })).toEqual({
      callSid: CALL,
      changes: [{ hangUp: 'canceled', inAnyState: true }],
    });
    expect(decoded(`${PATH}/Request/${CALL_UUID}`, { method: 'DELETE' })).toEqual({
      callSid: CALL,
      changes: [{ hangUp: 'canceled' }],
    });
    expect(answered({ call: aCall() }, ONE_CALL, { method: 'DELETE' })).toEqual({ status: 204 });
  });

  it('needs the UUID of a call', () => {
    expect(refused(`${CALLS}/nonsense`, { method: 'DELETE' }).kind).toBe('unknown-call');
  });
});

describe('A list of calls', () => {
  const listed = (query: string, calls: Call[]) => {
    const { also = () => true } = decoded(CALLS, { query }) as PageCalls;
    return calls.filter(also).map(({ sid }) => sid);
  };
  const over = aFinishedCall();
  const busy = anUnanswered('busy', {
    sid: 'CA1',
    end: { by: 'callee', reason: 'busy' },
    sipCode: 486,
    to: 'sip:bob@example.com',
    direction: 'inbound',
  });
  const live = aCall({ sid: 'CA2' });
  const queued = (({ endedAtMs: _, ...rest }) => rest)(anUnanswered('queued', { sid: 'CA3' }));
  const all = [over, busy, live, queued];

  it.each([
    ['', [over, busy]],
    ['status=live', [live]],
    ['status=queued', [queued]],
    ['call_direction=inbound', [busy]],
    ['call_direction=outbound', [over]],
    ['from_number=12025', [over, busy]],
    ['from_number=%2B12025550110', [over, busy]],
    ['from_number=49', []],
    ['to_number=sip:bob', [busy]],
    ['bill_duration=61', [over]],
    ['bill_duration__gt=60', [over]],
    ['bill_duration__gt=61', []],
    ['bill_duration__gte=61', [over]],
    ['bill_duration__lt=61', [busy]],
    ['bill_duration__lte=61', [over, busy]],
    ['hangup_cause_code=3010', [busy]],
    ['hangup_source=Callee', [busy]],
    ['subaccount=SA1', []],
    ['end_time__gte=2026-01-31%2018:31', [over]],
    ['end_time__gt=2026-01-31%2018:31:01', []],
    ['end_time=2026-01-31%2018:31:01', [over]],
    ['end_time__lt=2026-01-31%2018:31:01', [busy]],
    ['end_time__lte=2026-01-31%2018:31:01', [over, busy]],
    ['end_time__gte=2025-12-01%2000:00', []],
  ])('by ?%s has those', (query, calls) => {
    expect(listed(query, all)).toEqual(calls.map(({ sid }) => sid));
  });

  it('goes back a week where no time is named', () => {
    const ago = (days: number) => aFinishedCall({ endedAtMs: NOW_MS - days * 86_400_000 });
    expect([listed('', [ago(6)]), listed('', [ago(8)])]).toEqual([[CALL], []]);
    expect(listed('end_time__lt=2026-01-31%2000:00', [ago(20)])).toEqual([CALL]);
    expect(listed('end_time__lt=2026-01-31%2000:00', [ago(40)])).toEqual([]);
  });

  it('is of the calls that one has dialled', () => {
    expect(decoded(CALLS, { query: `parent_call_uuid=${CALL_UUID}` })).toMatchObject({
      filter: { parentSid: CALL },
    });
  });

  it.each([
    'limit=21',
    'limit=0',
    'offset=-1',
    'status=over',
    'end_time=yesterday',
    'parent_call_uuid=x',
    'bill_duration=x',
  ])('is refused with ?%s', query => {
    expect(refused(CALLS, { query }).kind).toBe('invalid-parameter');
  });

  it('comes in pages, with the way to the next', () => {
    const body = answered({ calls: [over], total: 45 }, CALLS, {
      query: 'limit=20&offset=20&from_number=1',
    }).body;
    expect(body).toMatchObject({
      api_id: REQUEST_ID,
      meta: {
        limit: 20,
        offset: 20,
        total_count: 45,
        previous: `${CALLS}/?from_number=1&limit=20&offset=0`,
        next: `${CALLS}/?from_number=1&limit=20&offset=40`,
      },
      objects: [{ call_uuid: CALL_UUID }],
    });
    expect(answered({ calls: [], total: 0 }, CALLS).body).toMatchObject({
      meta: { limit: 20, offset: 0, total_count: 0, previous: null, next: null },
      objects: [],
    });
  });

  it('of live calls is no more than their UUIDs', () => {
    expect(answered({ calls: [live], total: 1 }, CALLS, { query: 'status=live' }).body).toEqual({
      api_id: REQUEST_ID,
      calls: [toUuid('CA2')],
    });
  });
});

describe('A path', () => {
  it('of another account is not this one’s', () => {
    expect(refused(CALLS.replace(AUTH_ID, AUTH_ID.replace(/.$/, '0'))).kind).toBe('unauthorized');
  });

  it('may name the account by any of its spellings', () => {
    for (const name of [ACCOUNT, toUuid(ACCOUNT)])
      expect(decoded(`/v1/Account/${name}/Call`)).toMatchObject({ limit: 20 });
  });
});

describe('A problem', () => {
  it.each(Object.entries(STATUSES))('%s is told with its status, and names its request', (kind, status) => {
    const answer = problem(new Problem(kind as ProblemKind, 'What was wrong.'), { requestId: REQUEST_ID });
    expect(answer).toMatchObject({ status, body: { api_id: REQUEST_ID, error: 'What was wrong.' } });
    expect(status >= 500).toBe(kind === 'internal');
  });

  it('of what is missing is in the platform’s own words', () => {
    const { body } = problem(refused(CALLS, { json: { from: '1', to: '2' } }), { requestId: 'any text' });
    expect(body).toEqual({
      api_id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      error: 'answer_url parameter is missing',
    });
  });
});

describe('Whatever a request says', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom(
      '',
      '12025550100',
      'true',
      'GET',
      'sip:a@b',
      'https://example.com/',
      '<',
      'a=1',
      '__proto__',
    ),
  );

  it('is served, or refused with a reason', () => {
    const name = fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...Object.keys(createCall.schema.shape)) },
      fc.string(),
    );
    fc.assert(
      fc.property(fc.dictionary(name, value, { maxKeys: 6 }), fc.boolean(), (json, needed) => {
        try {
          const answer = answered({ calls: [aCall()], replayed: false }, CALLS, {
            json: { ...(needed && GOOD), ...json },
          });
          for (const header of Object.values(answer.headers ?? {})) expect(header).toMatch(/^[\x20-\x7e]+$/);
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
          expect((error as Problem).message.length).toBeLessThan(600);
        }
      }),
      { numRuns: 300 },
    );
  });
});
