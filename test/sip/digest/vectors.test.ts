import { describe, expect, test } from 'vitest';
import { digestAlgorithm } from '../../../sip/digest/algorithm.ts';
import { type DigestInput, digestResponse } from '../../../sip/digest/response.ts';

const input = (algorithm: string, over: Partial<DigestInput> = {}): DigestInput => ({
  algorithm: digestAlgorithm(algorithm) ?? expect.fail(`${algorithm} is not there`),
  username: 'Mufasa',
  realm: 'http-auth@example.org',
  secret: { password: 'Circle of Life' },
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  method: 'GET',
  uri: '/dir/index.html',
  qop: 'auth',
  nc: '00000001',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  body: new Uint8Array(0),
  ...over,
});

// Published examples: RFC 7616 §3.9.1 for MD5 and SHA-256.
test.each([
  ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
  ['sha-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
])('%s gives the response of RFC 7616 §3.9.1', (algorithm, response) => {
  expect(digestResponse(input(algorithm))).toBe(response);
});

test('gives the response of RFC 2617 §3.5', () => {
  const example = input('MD5', {
    realm: 'testrealm@host.com',
    secret: { password: 'Circle Of Life' },
    nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
    cnonce: '0a4f113b',
  });

  expect(digestResponse(example)).toBe('6629fae49393a05397450978507c4ef1');
});

// The RFC's own figures are those of another algorithm; erratum 4897 has the right ones.
test('SHA-512-256 gives the response of RFC 7616 §3.9.2 as corrected', () => {
  const example = input('SHA-512-256', {
    username: 'J\u{e4}s\u{f8}n Doe',
    realm: 'api@example.org',
    secret: { password: 'Secret, or not?' },
    nonce: '5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK',
    uri: '/doe.json',
    cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v',
  });

  expect(digestResponse(example)).toBe('3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5');
  expect(example.algorithm.hash(`${example.username}:${example.realm}`)).toBe(
    '793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b',
  );
});

describe('the parts of the hash', () => {
  test('HA1 may stand for the password', () => {
    const { hash } = input('SHA-256').algorithm;
    const ha1 = hash('Mufasa:http-auth@example.org:Circle of Life');

    expect(digestResponse(input('SHA-256', { secret: { ha1 } }))).toBe(digestResponse(input('SHA-256')));
  });

  test('without qop it is that of RFC 2069', () => {
    const { hash } = input('MD5').algorithm;
    const example = input('MD5', { qop: undefined, nc: undefined, cnonce: undefined });

    expect(digestResponse(example)).toBe(
      hash(
        `${hash('Mufasa:http-auth@example.org:Circle of Life')}:${example.nonce}:${hash('GET:/dir/index.html')}`,
      ),
    );
  });

  test('auth-int covers the body', () => {
    const responses = ['', 'a'].map(body =>
      digestResponse(input('MD5', { qop: 'auth-int', body: Buffer.from(body) })),
    );

    expect(new Set([...responses, digestResponse(input('MD5'))]).size).toBe(3);
  });

  test('-sess puts both nonces into HA1', () => {
    const { hash } = input('MD5').algorithm;
    const { nonce, cnonce } = input('MD5-sess');
    const ha1 = hash(`${hash('Mufasa:http-auth@example.org:Circle of Life')}:${nonce}:${cnonce}`);

    expect(digestResponse(input('MD5-sess'))).toBe(digestResponse(input('MD5', { secret: { ha1 } })));
  });
});
