import { beforeEach, describe, expect, test } from 'vitest';
import { readChallenges } from '../../../sip/digest/challenge.ts';
import { DigestClient } from '../../../sip/digest/client.ts';
import { ReplayGuard } from '../../../sip/digest/replay-guard.ts';
import { DigestServer, type DigestServerOptions } from '../../../sip/digest/server.ts';
import { AUTHORIZATION, PROXY_AUTHORIZATION } from '../../../sip/header/auth.ts';
import { createRequest, createResponse } from '../../../sip/message/create.ts';
import type { SipRequest, SipResponse } from '../../../sip/message/message.ts';
import { parseMessage } from '../../../sip/message/parse.ts';
import { serialise } from '../../../sip/message/serialise.ts';

let now: number;
let step: number;
const random = (): number => {
  step = (step * 16_807 + 11) % 2_147_483_647;
  return step / 2_147_483_647;
};

beforeEach(() => {
  now = 1_700_000_000_000;
  step = 42;
});

const request = (cseq = 1, body = ''): SipRequest =>
  createRequest({
    method: 'REGISTER',
    uri: 'sip:example.com',
    via: 'SIP/2.0/UDP a;branch=z9hG4bK1',
    from: '<sip:bob@example.com>;tag=1',
    to: '<sip:bob@example.com>',
    callId: 'c',
    cseq,
    body,
  });

const newServer = (options: Partial<DigestServerOptions> = {}): DigestServer =>
  new DigestServer({
    realm: 'example.com',
    key: Buffer.from('a key of thirty-two bytes, no less'),
    clock: { now: () => now },
    random,
    secretOf: username => (username === 'bob' ? { password: 'zanzibar' } : undefined),
    ...options,
  });

const newClient = (password = 'zanzibar', username = 'bob'): DigestClient =>
  new DigestClient({
    credentials: realm => (realm === 'nowhere' ? undefined : { username, password }),
    random,
  });

function refusal(refused: SipRequest, server: DigestServer, stale = false): SipResponse {
  const { status, headers } = server.challenge(stale);
  return onTheWire(createResponse(refused, status, undefined, { headers })) as SipResponse;
}

const onTheWire = <T extends SipRequest | SipResponse>(message: T): T =>
  parseMessage(serialise(message)) as T;

function challengedWith(...lines: string[]): SipResponse {
  return createResponse(request(), 401, undefined, {
    headers: lines.map(line => ['WWW-Authenticate', line] as const),
  });
}

describe('client and server agree', () => {
  test.each(
    ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256'].flatMap(algorithm =>
      (['auth', 'auth-int'] as const).flatMap(qop =>
        (['server', 'proxy'] as const).map(challenger => [algorithm, qop, challenger] as const),
      ),
    ),
  )('on %s with %s for a %s', async (algorithm, qop, challenger) => {
    const server = newServer({ algorithms: [algorithm], qop: [qop], challenger });
    const first = request(1, 'a body');
    const retry = request(2, 'a body');

    const answered = newClient().answer(first, refusal(first, server), retry);

    expect(answered).toBe(true);
    expect(retry.headers.has(challenger === 'proxy' ? 'Proxy-Authorization' : 'Authorization')).toBe(true);
    expect(await server.verify(onTheWire(retry))).toEqual({ ok: true, username: 'bob' });
  });

  test('not with another password, user, method, URI or body', async () => {
    const server = newServer({ qop: ['auth-int'] });
    const answerOf = (client: DigestClient): SipRequest => {
      const retry = request(2, 'body');
      client.answer(request(), refusal(request(), server), retry);
      return retry;
    };
    const good = answerOf(newClient());
    const withCredentials = (other: SipRequest): SipRequest => {
      other.headers.copy('Authorization', good.headers);
      return other;
    };

    const wrong = [
      answerOf(newClient('wrong')),
      answerOf(newClient('zanzibar', 'eve')),
      answerOf(newClient('', 'nobody')),
      withCredentials(request(3, 'other')),
      withCredentials(
        createRequest({
          method: 'INVITE',
          uri: 'sip:example.com',
          from: 'sip:a@a',
          to: 'sip:b@b',
          callId: 'c',
          cseq: 1,
          body: 'body',
        }),
      ),
    ];
    const elsewhere = withCredentials(
      createRequest({
        method: 'REGISTER',
        uri: 'sip:other.com',
        from: 'sip:a@a',
        to: 'sip:b@b',
        callId: 'c',
        cseq: 1,
        body: 'body',
      }),
    );

    for (const one of wrong)
      expect(await server.verify(one)).toMatchObject({ ok: false, stale: false, wrong: true });
    expect(await server.verify(elsewhere)).toMatchObject({ ok: false, stale: false, wrong: false });
    expect(await server.verify(good)).toMatchObject({ ok: true });
  });
});

describe('the client', () => {
  test('chooses the strongest algorithm that it knows', () => {
    const challenges = readChallenges(
      challengedWith(
        'Digest realm="r", nonce="1", algorithm=MD5, qop="auth"',
        'Digest realm="r", nonce="2", algorithm=SHA-512-256, qop="auth"',
        'Digest realm="r", nonce="3", algorithm=SHA-256, qop="auth"',
        'Digest realm="r", nonce="4", algorithm=SHA-9000, qop="auth"',
        'Digest realm="r", nonce="5", algorithm=SHA-512-256, qop="odd"',
        'Basic realm="r"',
      ).headers,
    );

    expect(challenges.map(({ nonce }) => nonce)).toEqual(['2']);
  });

  test('answers every realm, of servers and proxies, and keeps the answers for others', () => {
    const response = createResponse(request(), 407, undefined, {
      headers: [
        ['Proxy-Authenticate', 'Digest realm="one", nonce="1", qop="auth"'],
        ['Proxy-Authenticate', 'Digest realm="two", nonce="2"'],
        ['WWW-Authenticate', 'Digest realm="three", nonce="3"'],
      ],
    });
    const retry = request(2);
    retry.headers.append('Proxy-Authorization', 'Digest realm="zero", username="x"');

    expect(newClient().answer(request(), response, retry)).toBe(true);
    expect(retry.headers.readAll(PROXY_AUTHORIZATION).map(value => value.get('realm'))).toEqual([
      'zero',
      'one',
      'two',
    ]);
    expect(retry.headers.readAll(AUTHORIZATION).map(value => value.get('realm'))).toEqual(['three']);
  });

  test('writes credentials with quotes where RFC 7616 has them', () => {
    const retry = request(2);
    newClient().answer(
      request(),
      challengedWith('Digest realm="r", nonce="n", opaque="o", algorithm=SHA-256, qop="auth,auth-int"'),
      retry,
    );

    expect(retry.headers.get('Authorization')).toMatch(
      /^Digest username="bob", realm="r", nonce="n", uri="sip:example\.com", response="[0-9a-f]{64}", algorithm=SHA-256, cnonce="[0-9a-z]{16}", opaque="o", qop=auth, nc=00000001$/,
    );
  });

  test('hashes the user name where that is asked for', () => {
    const retry = request(2);
    newClient().answer(
      request(),
      challengedWith('Digest realm="r", nonce="n", qop="auth", userhash=true'),
      retry,
    );

    expect(retry.headers.get('Authorization')).toMatch(/^Digest username="[0-9a-f]{32}".*userhash=true/);
  });

  test.each([
    ['no challenge', []],
    ['a scheme it does not know', ['Basic realm="r"']],
    ['an algorithm it does not know', ['Digest realm="r", nonce="n", algorithm=ROT13']],
    ['a realm it has no credentials for', ['Digest realm="nowhere", nonce="n"']],
    [
      'one of two realms it has no credentials for',
      ['Digest realm="r", nonce="n"', 'Digest realm="nowhere", nonce="n"'],
    ],
  ])('gives up on %s', (_what, lines) => {
    const retry = request(2);

    expect(newClient().answer(request(), challengedWith(...lines), retry)).toBe(false);
    expect(retry.headers.has('Authorization')).toBe(false);
  });

  test.each([
    ['the same nonce', 'nonce="1"', false],
    ['the same nonce, called stale', 'nonce="1", stale=true', false],
    ['another nonce', 'nonce="2"', false],
    ['another nonce, as the first was stale', 'nonce="2", stale=true', true],
  ])('after its answer was refused with %s, answers again: %s', (_what, challenge, again) => {
    const client = newClient();
    const refused = request(2);
    client.answer(request(), challengedWith('Digest realm="r", nonce="1", qop="auth"'), refused);

    expect(
      client.answer(refused, challengedWith(`Digest realm="r", qop="auth", ${challenge}`), request(3)),
    ).toBe(again);
  });

  test('stops when every nonce is called stale', () => {
    const client = newClient();
    let refused = request();
    let answers = 0;
    for (let round = 0; round < 20; round += 1) {
      const retry = request(round + 2);
      if (
        !client.answer(
          refused,
          challengedWith(`Digest realm="r", nonce="${round}", stale=true, qop="auth"`),
          retry,
        )
      )
        break;
      answers += 1;
      refused = retry;
    }

    expect(answers).toBe(4);
  });

  test('gives up on more realms at once than it would remember', () => {
    const realms = Array.from({ length: 9 }, (_, n) => `Digest realm="r${n}", nonce="n", qop="auth"`);

    expect(newClient().answer(request(), challengedWith(...realms), request(2))).toBe(false);
    expect(newClient().answer(request(), challengedWith(...realms.slice(1)), request(2))).toBe(true);
  });

  test('remembers the eight realms that challenged it last', () => {
    const client = newClient();
    for (const n of [0, 1, 2, 3, 4, 5, 6, 7, 0, 8, 9])
      client.answer(request(), challengedWith(`Digest realm="r${n}", nonce="n${n}", qop="auth"`), request(2));
    const next = request(3);

    client.anticipate(next);

    expect(next.headers.readAll(AUTHORIZATION).map(answer => answer.get('realm'))).toEqual(
      [3, 4, 5, 6, 7, 0, 8, 9].map(n => `r${n}`),
    );
  });

  test('uses a nonce again with the next count, and answers once when it has run out', async () => {
    const server = newServer();
    const client = newClient();
    client.answer(request(), refusal(request(), server), request(2));
    const [second, third] = [request(3), request(4)];

    client.anticipate(second);
    client.anticipate(third);

    expect([second, third].map(({ headers }) => headers.read(AUTHORIZATION)?.get('nc'))).toEqual([
      '00000002',
      '00000003',
    ]);
    expect(await server.verify(second)).toMatchObject({ ok: true });
    const retry = request(5);
    expect(
      client.answer(third, challengedWith('Digest realm="example.com", nonce="new", qop="auth"'), retry),
    ).toBe(true);
    expect(
      client.answer(
        retry,
        challengedWith('Digest realm="example.com", nonce="newer", qop="auth"'),
        request(6),
      ),
    ).toBe(false);
  });

  test('goes on with the next nonce that it is given', () => {
    const client = newClient();
    client.answer(request(), challengedWith('Digest realm="r", nonce="1", qop="auth"'), request(2));
    client.learn(
      createResponse(request(), 200, undefined, {
        headers: { 'Authentication-Info': 'qop=auth, nextnonce="2"' },
      }),
    );
    const next = request(3);

    client.anticipate(next);

    expect(next.headers.read(AUTHORIZATION)?.get('nonce')).toBe('2');
    expect(next.headers.read(AUTHORIZATION)?.get('nc')).toBe('00000001');
  });
});

describe('the server', () => {
  async function answered(server: DigestServer, client = newClient()): Promise<SipRequest> {
    const retry = request(2);
    client.answer(request(), refusal(request(), server), retry);
    return retry;
  }

  test('offers a challenge for each algorithm, the preferred first', () => {
    const { status, headers } = newServer().challenge(true);

    expect(status).toBe(401);
    expect(headers.map(([name, value]) => [name, value.get('algorithm'), value.get('stale')])).toEqual([
      ['WWW-Authenticate', 'SHA-256', 'true'],
      ['WWW-Authenticate', 'MD5', 'true'],
    ]);
    expect(String(headers[0]?.[1])).toContain('qop="auth,auth-int"');
  });

  test('takes every nonce count once', async () => {
    const server = newServer();
    const client = newClient();
    const first = await answered(server, client);
    const second = request(3);
    client.anticipate(second);

    expect(await server.verify(second)).toMatchObject({ ok: true });
    expect(await server.verify(second)).toMatchObject({ ok: false, stale: true });
    expect(await server.verify(first)).toMatchObject({ ok: false, stale: true });
  });

  test('calls an old nonce stale, whatever password was used with it: it is not even looked at', async () => {
    const server = newServer({ nonceLifetimeSeconds: 60 });
    const good = await answered(server);
    const wrong = await answered(server, newClient('wrong'));
    now += 60_001;

    expect(await server.verify(good)).toMatchObject({ ok: false, stale: true, wrong: false });
    expect(await server.verify(wrong)).toMatchObject({ ok: false, stale: true, wrong: false });
  });

  test('takes a nonce from the place alone that it was given to', async () => {
    const retry = await answered(newServer({ source: '192.0.2.1' }));

    expect(await newServer({ source: '192.0.2.1' }).verify(retry)).toMatchObject({ ok: true });
    for (const options of [{ source: '192.0.2.2' }, {}])
      expect(await newServer(options).verify(retry)).toMatchObject({ ok: false, stale: true, wrong: false });
  });

  test('challenges for some of its algorithms, and takes any of them', async () => {
    const server = newServer();
    const { headers } = server.challenge(false, ['MD5']);

    expect(headers.map(([, value]) => value.get('algorithm'))).toEqual(['MD5']);
    expect(await server.verify(await answered(server))).toMatchObject({ ok: true });
  });

  test('knows the nonces of a server with the same key, and no others', async () => {
    const retry = await answered(newServer());

    expect(await newServer().verify(retry)).toMatchObject({ ok: true });
    expect(await newServer({ key: Buffer.alloc(16, 7) }).verify(retry)).toMatchObject({
      ok: false,
      stale: true,
    });
  });

  test('takes only what it offered', async () => {
    const retry = await answered(newServer({ algorithms: ['MD5'] }));

    expect(await newServer({ algorithms: ['SHA-256'] }).verify(retry)).toMatchObject({ ok: false });
    expect(await newServer({ algorithms: ['MD5'], qop: ['auth-int'] }).verify(retry)).toMatchObject({
      ok: false,
    });
    expect(await newServer().verify(request())).toMatchObject({ ok: false, stale: false, wrong: false });
  });

  test('takes credentials without a nonce count once', async () => {
    const server = newServer({ algorithms: ['MD5'] });
    const nonce = server.challenge().headers[0]?.[1].get('nonce');
    const retry = request(2);
    newClient().answer(request(), challengedWith(`Digest realm="example.com", nonce="${nonce}"`), retry);

    expect(await server.verify(retry)).toMatchObject({ ok: true });
    expect(await server.verify(retry)).toMatchObject({ ok: false, stale: true });
  });

  test('takes no nonce count twice where servers share what they have seen', async () => {
    const replays = new ReplayGuard();
    const retry = await answered(newServer({ replays }));

    expect(await newServer({ replays }).verify(retry)).toMatchObject({ ok: true });
    expect(await newServer({ replays }).verify(retry)).toMatchObject({ ok: false, stale: true });
    expect(await newServer().verify(retry)).toMatchObject({ ok: true });
  });

  test('refuses a key that is too short and an algorithm that is none', () => {
    expect(() => newServer({ key: Buffer.alloc(15) })).toThrow(RangeError);
    expect(() => newServer({ algorithms: ['ROT13'] })).toThrow(RangeError);
  });
});

describe('the guard against replays', () => {
  test('forgets what has expired', () => {
    const guard = new ReplayGuard();
    for (let issued = 0; issued < 1_000; issued += 1) guard.admit(`nonce ${issued}`, 1, issued, issued - 10);

    expect(guard.size).toBeLessThan(15);
  });

  test('never holds more than its capacity, and what it drops stays used', () => {
    const guard = new ReplayGuard(100);
    for (let issued = 0; issued < 1_000; issued += 1) guard.admit(`nonce ${issued}`, 1, issued, 0);

    expect(guard.size).toBe(100);
    expect(guard.admit('nonce 3', 1, 3, 0)).toBe(false);
    expect(guard.admit('nonce 1000', 1, 1_000, 0)).toBe(true);
  });
});
