/** What is wrong with a request is said in its dialect's own format, and nothing comes of it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ApiRequest, OWN, PHONE, TestPlatform } from '../support/test-platform.ts';

const HELLO = '<Response><Say>Hello.</Say></Response>';
const LEGS = { leg_A: { to: PHONE.answers, from: OWN }, leg_B: { to: PHONE.busy, from: OWN } };
const CALLBACK = '/voice/call/callback';
const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };
const NOBODY = `AC${'0'.repeat(32)}`;
const NO_CALL = `CA${'0'.repeat(32)}`;

describe('a wrong request', () => {
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.start();
  });
  afterEach(async () => {
    await test.settled();
    const depth = await test.platform.aws.fauxqs.queueDepth('dialplane-outbound.fifo');
    const { body } = await test.api<{ calls: object[] }>(`${test.accountPath}/Calls.json`);
    expect({ ...depth, calls: body.calls, told: test.bus, placed: test.platform.timelines.calls }).toEqual({
      ...{ visible: 0, inFlight: 0, delayed: 0 },
      ...{ calls: [], told: [], placed: [] },
    });
    expect(test.troubles).toEqual([]);
  });
  afterAll(() => test.close());

  /** Gives a path its account. */
  const at = (path: string) => path.replace('{account}', test.account);

  describe('in the cXML dialect', () => {
    const calls = '/2010-04-01/Accounts/{account}/Calls.json';
    const create = (more: Record<string, string>): ApiRequest => ({
      form: { To: PHONE.answers, From: OWN, Twiml: HELLO, ...more },
    });
    const without = (name: string): ApiRequest => {
      const form: Record<string, string> = { To: PHONE.answers, From: OWN, Twiml: HELLO };
      delete form[name];
      return { form };
    };
    const table: [what: string, path: string, request: ApiRequest, status: number, code: number][] = [
      ['a body that is no JSON', calls, { body: '{"To": "+1', headers: JSON_TYPE }, 400, 20422],
      ['a body that is a list', calls, { json: ['To'] }, 400, 20422],
      ['a body with an object in it', calls, { json: { To: { number: PHONE.answers } } }, 400, 20422],
      [
        'a body that is no UTF-8',
        calls,
        { body: new Uint8Array([0x54, 0x6f, 0x3d, 0xff]), headers: FORM_TYPE },
        400,
        20422,
      ],
      ['an oversized body', calls, { body: `Twiml=${'x'.repeat(66_000)}`, headers: FORM_TYPE }, 413, 20422],
      ['no To', calls, without('To'), 422, 21201],
      ['no From', calls, without('From'), 422, 21213],
      ['no document', calls, without('Twiml'), 422, 21205],
      ['a To that is no number', calls, create({ To: 'my mother' }), 422, 21211],
      ['a To that no route leads on', calls, create({ To: '2025550100' }), 422, 21217],
      ['a To that is too long', calls, create({ To: `+1${'2'.repeat(20)}` }), 422, 21211],
      ['a SIP address', calls, create({ To: 'sip:alice@example.com' }), 422, 21217],
      ['a client', calls, create({ To: 'client:alice' }), 422, 21217],
      ['a From that is no number', calls, create({ From: 'anonymous' }), 422, 21212],
      ['somebody else’s From', calls, create({ From: PHONE.busy }), 422, 21210],
      [
        'somebody else’s callerId',
        calls,
        create({ Twiml: `<Response><Dial callerId="${PHONE.busy}">${PHONE.answers}</Dial></Response>` }),
        422,
        21210,
      ],
      ['a Url that is none', calls, create({ Url: 'example.com' }), 422, 21205],
      ['a Url of another kind', calls, create({ Url: 'ftp://example.com/' }), 422, 21205],
      ['a Method that is none', calls, create({ Url: 'http://example.com/', Method: 'PUT' }), 422, 21209],
      ['a Timeout out of range', calls, create({ Timeout: '601' }), 422, 21208],
      ['a StatusCallback that is none', calls, create({ StatusCallback: 'nowhere' }), 422, 21456],
      ['a document that is no XML', calls, create({ Twiml: '<Response>' }), 422, 12100],
      ['a document with another root', calls, create({ Twiml: '<Answer/>' }), 422, 12102],
      [
        'a document with an unknown verb',
        calls,
        create({ Twiml: '<Response><Shout/></Response>' }),
        422,
        12200,
      ],
      [
        'a document with a verb that is not there yet',
        calls,
        create({ Twiml: '<Response><Record/></Response>' }),
        422,
        13750,
      ],
      [
        'a document that expands without end',
        calls,
        create({ Twiml: '<!DOCTYPE x [<!ENTITY a "aaaa">]><Response><Say>&a;</Say></Response>' }),
        422,
        12100,
      ],
      [
        'a relative URL in a document without one',
        calls,
        create({ Twiml: '<Response><Redirect>/next</Redirect></Response>' }),
        422,
        15004,
      ],
      [
        'an update of an unknown call',
        `${calls.slice(0, -5)}/${NO_CALL}.json`,
        { form: { Status: 'completed' } },
        404,
        20404,
      ],
      ['an update that says nothing', `${calls.slice(0, -5)}/${NO_CALL}.json`, { form: {} }, 422, 20422],
      ['an unknown call', `${calls.slice(0, -5)}/${NO_CALL}.json`, {}, 404, 20404],
      ['a SID that is none', `${calls.slice(0, -5)}/CA1.json`, {}, 404, 20404],
      [
        'a deletion of an unknown call',
        `${calls.slice(0, -5)}/${NO_CALL}.json`,
        { method: 'DELETE' },
        404,
        20404,
      ],
      ['the events of an unknown call', `${calls.slice(0, -5)}/${NO_CALL}/Events.json`, {}, 404, 20404],
      [
        'an unknown number',
        `/2010-04-01/Accounts/{account}/IncomingPhoneNumbers/PN${'f'.repeat(32)}.json`,
        {},
        404,
        20404,
      ],
      ['a page without its token', `${calls}?Page=2`, {}, 422, 54453],
      ['a page size that is none', `${calls}?PageSize=0`, {}, 422, 54454],
      ['a token that was never given', `${calls}?Page=1&PageToken=PAnonsense`, {}, 422, 21481],
      ['a date that is none', `${calls}?StartTime=yesterday`, {}, 422, 20422],
      ['a status that is none', `${calls}?Status=happy`, {}, 422, 20422],
      ['an unknown path', '/2010-04-01/Accounts/{account}/Nothing.json', {}, 404, 20404],
      ['a wrong method', calls, { method: 'PUT' }, 405, 20004],
      ['no credentials', calls, { credentials: '' }, 401, 20003],
      ['an unknown account', calls.replace('{account}', NOBODY), { credentials: `${NOBODY}:x` }, 401, 20003],
      ['another account’s path', calls.replace('{account}', NOBODY), {}, 401, 20003],
    ];

    it.each(table)('says so of %s', async (_, path, request, status, code) => {
      const answer = await test.api<Record<string, string>>(at(path), request);
      expect({ status: answer.status, body: answer.body }).toMatchObject({ status, body: { status, code } });
      expect(Object.keys(answer.body).sort()).toEqual(['code', 'message', 'more_info', 'status']);
      expect(answer.body['message']).toMatch(/\w+.*[.:]/);
      expect(answer.headers.get('content-type')).toBe('application/json');
      if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Basic/);
      if (status === 405) expect(answer.headers.get('allow')).toBe('POST, GET');
    });
  });

  describe('in the callback dialect', () => {
    const leg = (more: object): ApiRequest => ({ json: { ...LEGS, leg_B: { ...LEGS.leg_B, ...more } } });
    const table: [what: string, path: string, request: ApiRequest, status: number, code: number][] = [
      ['a body that is no JSON', CALLBACK, { body: '{"leg_A": ', headers: JSON_TYPE }, 400, 201],
      ['a body that is no object', CALLBACK, { json: 'call' }, 400, 201],
      ['a form', CALLBACK, { form: { leg_A: 'x' } }, 415, 202],
      ['plain text', CALLBACK, { body: 'x', headers: { 'content-type': 'text/plain' } }, 415, 202],
      ['XML', CALLBACK, { body: '<x/>', headers: { 'content-type': 'text/xml' } }, 415, 202],
      ['an oversized body', CALLBACK, { json: { ...LEGS, note: 'x'.repeat(66_000) } }, 413, 203],
      ['no leg_B', CALLBACK, { json: { leg_A: LEGS.leg_A } }, 400, 204],
      ['a leg without a number', CALLBACK, leg({ to: undefined }), 400, 204],
      ['a number that is a number', CALLBACK, leg({ to: 12025550100 }), 400, 205],
      ['a short number', CALLBACK, leg({ to: '1000' }), 400, 301],
      ['a SIP address', CALLBACK, leg({ to: 'sip:b@example.com' }), 400, 301],
      ['a from that is a name', CALLBACK, leg({ from: 'Alice' }), 400, 205],
      ['somebody else’s from', CALLBACK, leg({ from: PHONE.busy }), 400, 302],
      ['an UPDATE towards the telephone network', CALLBACK, leg({ sip_update: 900 }), 400, 301],
      ['an UPDATE that is a text', CALLBACK, leg({ sip_update: '900' }), 400, 205],
      ['a header towards the telephone network', CALLBACK, leg({ osip_Privacy: 'id' }), 400, 301],
      ['a header of the platform’s own', CALLBACK, leg({ osip_Via: 'x' }), 400, 205],
      ['a header with a line break in it', CALLBACK, leg({ 'osip_X-A': 'a\r\nb' }), 400, 205],
      ['a time-out out of range', CALLBACK, { json: { ...LEGS, timeout: 121 } }, 400, 205],
      ['a callback that goes nowhere', CALLBACK, { json: { ...LEGS, status_callback: 'nowhere' } }, 400, 205],
      [
        'an unknown request',
        `/voice/call/status/${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`,
        {},
        404,
        304,
      ],
      ['a request that is none', '/voice/call/status/first', {}, 404, 304],
      ['an unknown path', '/voice/call/shout', {}, 404, 102],
      ['a wrong method', CALLBACK, { method: 'DELETE' }, 405, 103],
      ['a wrong token', CALLBACK, { json: LEGS, credentials: 'me:wrong' }, 401, 101],
    ];

    it.each(table)('says so of %s', async (_, path, request, status, code) => {
      const answer = await test.api<Record<string, string>>(path, request);
      expect({ status: answer.status, body: answer.body }).toMatchObject({ status, body: { status, code } });
      expect(Object.keys(answer.body).sort()).toEqual(['code', 'data', 'status']);
      expect(answer.body['data']).toMatch(/\w+.*[.:]/);
    });
  });

  it('is refused in the same words whether the account or the token is wrong', async () => {
    const path = at('/2010-04-01/Accounts/{account}/Calls.json');
    const answers = await Promise.all(
      [`${test.account}:wrong`, `${NOBODY}:wrong`, 'nobody:wrong', ':', `${test.account}:`].map(credentials =>
        test.api(path, { credentials }),
      ),
    );
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  it('does not get its own words, or the token, back in what is not its to know', async () => {
    const { body } = await test.api(at('/2010-04-01/Accounts/{account}/Calls.json'), {
      credentials: `${test.account}:my-secret-guess`,
    });
    expect(JSON.stringify(body)).not.toContain('my-secret-guess');
  });
});
