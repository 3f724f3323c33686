/** Plivo: "SIP headers", with the call of its example and the request that its answer URL gets. */
import { expect } from 'vitest';
import type { Aside } from '../../core/aside.ts';
import type { Call } from '../../core/call.ts';
import type { RequestPurpose } from '../../core/document.ts';
import type { PlaceCall } from '../../core/operation.ts';
import { toAuthId, toUuid } from '../../core/sid.ts';
import type { ApiRequest, Route } from '../../dialects/dialect.ts';
import { ask } from '../../dialects/plivo/callbacks.ts';
import { plivo as dialect } from '../../dialects/plivo/index.ts';
import { parse } from '../../dialects/plivo/markup/document.ts';
import { retriesOf, withTimeLimits } from '../../dialects/plivo/url-options.ts';
import { MAX_TRIES_MS } from '../../lambdas/fetch/tries.ts';
import { ACCOUNT, aCall, CALL, NOW_MS, TOKEN } from '../dialects/signalwire/fixtures.ts';
import { differs, type Platform, works } from '../support/compatibility.ts';

const CREATE = dialect.routes.find(({ operation }) => operation === 'placeCalls') as Route<'placeCalls'>;
const NEEDED = {
  from: '12025550110',
  to: '12025550100',
  answer_url: 'https://s3.amazonaws.com/static.plivo.com/answer.xml',
};

const request = (json: object): ApiRequest => ({
  method: 'POST',
  path: `/v1/Account/${toAuthId(ACCOUNT)}/Call/`,
  params: { accountSid: toAuthId(ACCOUNT) },
  query: [],
  headers: {},
  form: [],
  json: { ...NEEDED, ...json },
  accountSid: ACCOUNT,
  requestId: 'request-1',
  nowMs: NOW_MS,
});

const created = (json: object) => CREATE.decode(request(json)).calls[0] as PlaceCall;
const headersOf = (sipHeaders: string) => created({ sip_headers: sipHeaders }).parameters ?? [];
const fired = () =>
  CREATE.encode({ calls: [aCall()], replayed: false }, request({})).body as Record<string, string>;

/** What the answer URL of the page's example is asked with. */
function asked(over: Partial<Call> = {}): Record<string, string> {
  const call = aCall({ parameters: [['X-PH-Test', 'Sample']], ...over });
  const target = { url: NEEDED.answer_url, method: 'POST' } as const;
  const { body } = ask({
    target,
    call,
    purpose: 'first',
    authToken: TOKEN,
    accountSid: ACCOUNT,
    nonce: '0'.repeat(20),
    nowMs: NOW_MS,
  });
  return Object.fromEntries(new URLSearchParams(body));
}

const said = (name: string, value: string) =>
  works(() => {
    expect(asked()[name]).toBe(value);
  });

const verbs = (markup: string) =>
  parse({ body: markup, contentType: 'application/xml', url: NEEDED.answer_url, nowMs: NOW_MS }).verbs;

const dialling = (attributes: string) =>
  `<Response><Dial ${attributes}><Number>12025550100</Number></Dial></Response>`;

/** What one of two who talk is told by such a request. */
function told(path: string, json: object): Aside | undefined {
  const line = dialect.routes.find(each => each.method === 'POST' && each.path.endsWith(`/${path}`));
  const params = { accountSid: toAuthId(ACCOUNT), callUuid: toUuid(CALL) };
  const { changes } = (line as Route<'modifyCall'>).decode({ ...request({}), params, json });
  const [change] = changes;
  return change !== undefined && 'aside' in change ? change.aside : undefined;
}

/** When a URL with that fragment is asked again. */
function rule(fragment: string, purpose: RequestPurpose = 'action') {
  const target = { url: NEEDED.answer_url + fragment, method: 'POST' } as const;
  return retriesOf(target, { purpose, target });
}

export const plivo: Platform = {
  title: 'Plivo',
  source: 'Its page "SIP headers", with the call of its example, and what its other pages say of retries.',
  claims: {
    'Creating a call': {
      from: works(() => {
        expect(created({}).from).toBe('+12025550110');
      }),
      to: works(() => {
        expect(created({}).to).toBe('+12025550100');
      }),
      'several as to': works(() => {
        const { calls } = CREATE.decode(request({ to: '12025550100<sip:ann@example.com' }));
        expect(calls.map(({ to }) => to)).toEqual(['+12025550100', 'sip:ann@example.com']);
      }),
      'several as to, one of which cannot be called': differs(
        'its call alone fails at once, with 2000',
        () => {
          const { calls } = CREATE.decode(request({ to: '12025550100<Ann' }));
          expect(calls.map(({ failsAlone }) => failsAlone)).toEqual([true, true]);
        },
      ),
      'a SIP address as to': works(() => {
        expect(created({ to: 'sip:john1234@phone.example.com' }).to).toBe('sip:john1234@phone.example.com');
      }),
      answer_url: works(() => {
        expect(created({}).entry).toMatchObject({ target: { url: NEEDED.answer_url, method: 'POST' } });
      }),
      answer_method: works(() => {
        expect(created({ answer_method: 'GET' }).entry).toMatchObject({ target: { method: 'GET' } });
      }),
      callback_url: differs('told of each destination by itself; what is wrong is answered at once', () => {
        expect(created({ callback_url: 'https://example.com/result' }).callback).toMatchObject({
          events: ['queued', 'completed'],
          elsewhere: { queued: { url: 'https://example.com/result', method: 'POST' } },
        });
      }),
      sip_headers: works(() => {
        expect(headersOf('Test=Sample')).toEqual([['X-PH-Test', 'Sample']]);
      }),
    },
    '`sip_headers`': {
      'X-PH- before each name': works(() => {
        expect(headersOf('Test=Sample').map(([name]) => name)).toEqual(['X-PH-Test']);
      }),
      'head1=val1,head2=val2': works(() => {
        expect(headersOf('head1=val1,head2=val2')).toEqual([
          ['X-PH-head1', 'val1'],
          ['X-PH-head2', 'val2'],
        ]);
      }),
      '[A-Za-z0-9] in names and values': works(() => {
        expect(headersOf('a_b=1,ok=1,c=2-3')).toEqual([['X-PH-ok', '1']]);
      }),
    },
    'The answer to a create': {
      message: works(() => {
        expect(fired()['message']).toBe('call fired');
      }),
      request_uuid: works(() => {
        expect(fired()['request_uuid']).toBe(toUuid(CALL));
      }),
      api_id: works(() => {
        expect(fired()['api_id']).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      }),
    },
    'The request to `answer_url`': {
      Direction: said('Direction', 'outbound'),
      From: said('From', '12025550110'),
      ALegUUID: said('ALegUUID', toUuid(CALL)),
      BillRate: differs('`0.00000`, as calls have no price here', () => {
        expect(asked()['BillRate']).toBe('0.00000');
      }),
      To: said('To', '12025550100'),
      'X-PH-Test': said('X-PH-Test', 'Sample'),
      CallUUID: said('CallUUID', toUuid(CALL)),
      ALegRequestUUID: said('ALegRequestUUID', toUuid(CALL)),
      RequestUUID: said('RequestUUID', toUuid(CALL)),
      'SIP-H-To': works(() => {
        const to = '<sip:john1234@phone.example.com>;tag=6U9J4';
        expect(asked({ sipTo: to })['SIP-H-To']).toBe(to);
      }),
      CallStatus: said('CallStatus', 'in-progress'),
      Event: said('Event', 'StartApp'),
    },
    'A live call': {
      DTMF: differs('while it talks with somebody whom it has dialled', () => {
        expect(told('DTMF', { digits: '12', leg: 'bleg' })).toMatchObject({
          to: 'callee',
          verbs: [{ verb: 'SendDigits', digits: '12' }],
        });
      }),
      Speak: differs('while it talks; once, and to one of the two', () => {
        expect(told('Speak', { text: 'Hello.' })).toMatchObject({
          to: 'caller',
          verbs: [{ verb: 'Say', parts: ['Hello.'] }],
        });
      }),
      Play: differs('while it talks; to one of the two, and to its end', () => {
        expect(told('Play', { urls: 'https://example.com/a.mp3' })).toMatchObject({
          to: 'caller',
          verbs: [{ verb: 'Play', url: 'https://example.com/a.mp3' }],
        });
      }),
    },
    'The fragment of a URL': {
      ct: works(() => {
        expect(withTimeLimits('https://example.com/#ct=10000')).toBe('https://example.com/#ct=10000');
      }),
      rt: differs('at most 15 s, and 15 s by default', () => {
        expect(withTimeLimits('https://example.com/#rt=40000')).toBe('https://example.com/#rt=15000');
        expect(dialect.documents?.readMs).toBe(15_000);
      }),
      tt: differs('at most 30 s, and 30 s by default', () => {
        expect(rule('#tt=30000')).toMatchObject({ withinMs: MAX_TRIES_MS });
      }),
      rc: works(() => {
        expect([rule('').tries, rule('#rc=0').tries, rule('#rc=5').tries]).toEqual([2, 1, 6]);
      }),
      'rc of an answer URL': works(() => {
        expect(rule('', 'first').tries).toBe(3);
      }),
      rp: works(() => {
        expect(rule('').on).toEqual(['connect', 'read']);
        expect(rule('#rp=all').on).toEqual(['connect', 'read', '4xx', '5xx']);
      }),
      er: differs('without effect', () => {
        expect(withTimeLimits('https://example.com/#er=frankfurt')).toBe('https://example.com/');
      }),
    },
    '`<Dial>`': {
      'dialMusic with a URL': differs('its first `Play` is heard, and nothing else of its document', () => {
        expect(verbs(dialling('dialMusic="https://example.com/music.xml"'))).toMatchObject([
          { verb: 'Dial', ringback: { url: 'https://example.com/music.xml' } },
        ]);
      }),
      'dialMusic="real"': differs('what the voice service lets be heard of the ringing', () => {
        expect(verbs(dialling('dialMusic="real"'))[0]).not.toHaveProperty('ringback');
      }),
    },
    'The document of `answer_url`': {
      Response: works(() => {
        expect(verbs('<Response/>')).toEqual([]);
      }),
      Speak: works(() => {
        expect(verbs('<Response><Speak>Hello.</Speak></Response>')).toMatchObject([
          { verb: 'Say', parts: ['Hello.'] },
        ]);
      }),
    },
  },
};
