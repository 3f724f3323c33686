/** The vectors are fixtures of the test suites of Plivo's own SDKs. */
import fc from 'fast-check';
import plivo from 'plivo';
import { computeOldSignature } from 'plivo/dist/utils/security.js';
import { describe, expect, it } from 'vitest';
import type { Pairs } from '../../../dialects/dialect.ts';
import {
  type Signable,
  signatureHeaders,
  signV1,
  signV2,
  signV3,
} from '../../../dialects/plivo/signature.ts';

const NONCE = '31627761595286130198';
const TOKEN = 'Y2Q2ZDgxZmY5YWRiOTI5YmQ1Njg0MTAxZWIyOTc4';
const PAGE = 'https://plivobin.non-prod.plivops.com/api/v1/validate_signature03.xml';
const CALL = '3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36';
const PARAMETERS: Pairs = [
  ['Direction', 'outbound'],
  ['From', '19792014278'],
  ['BillRate', '0.002'],
  ['CallStatus', 'in-progress'],
  ['Event', 'StartApp'],
  ['ParentAuthID', 'MANWVLYTK4ZWU1YTY4QA'],
  ['SessionStart', '2020-04-08 11:34:33.238707'],
  ['ALegUUID', CALL],
  ['ALegRequestUUID', CALL],
  ['CallUUID', CALL],
  ['RequestUUID', CALL],
  ['To', 'sip:PlivoSignature382029104058171078704104@phone-qa.voice.plivodev.com'],
  ['SIP-H-To', '<sip:PlivoSignature382029104058171078704104@52.9.11.55;transport=udp>;tag=1'],
];

describe('a signature V1', () => {
  it.each<[Pairs, string]>([
    [
      [
        ['CallUUID', '97ceeb52-58b6-11e1-86da-77300b68f8bb'],
        ['Duration', '300'],
      ],
      'EJEt0ELanhr8hjMPIJnLNLex0dE=',
    ],
    [[['a', '1 2']], 'n3Xfo4u+vRFyl3gsH8B0qDUIK5g='],
  ])('of %j is as the SDKs’ own tests have it', (parameters, signature) => {
    const signed = { authToken: 'MAXXXXXXXXXXXXXXXXXX', url: 'http://foo.com/answer/', parameters };
    expect(signV1(signed)).toBe(signature);
  });
});

describe('a signature V2', () => {
  const signable = { authToken: 'my_auth_token', url: 'https://answer.url', nonce: '12345' };

  it('is as the SDKs’ own tests have it', () => {
    expect(signV2(signable)).toBe('ehV3IKhLysWBxC1sy8INm0qGoQYdYsHwuoKjsX7FsXc=');
  });

  it('leaves the query out', () => {
    expect(signV2({ ...signable, url: 'https://answer.url?a=b' })).toBe(signV2(signable));
  });
});

describe('a signature V3', () => {
  it.each([
    ['POST', `${PAGE}/?a=b&c=d`, 'k7Pusd4OxCIjR5IfA9iedDNu/h/gbdYqdzG/MiYtd1c='],
    ['GET', `${PAGE}/?a=b&c=d`, 'UBq8jAtd32wR8EK9VgxbBn4n5rpI/l1H9iN4WfSEHFQ='],
    ['POST', PAGE, 'iAjE5QqI37mbkYe4w3jTMudqEzbDufdqi7sYwTu64e0='],
    ['GET', PAGE, 'i/MQsaQSAd6fiKhOh2qeeeLHZ9faldADSb3/7+Akfbc='],
  ] as const)('by %s of %s is as the SDKs’ own tests have it', (method, url, signature) => {
    const signed = { authToken: TOKEN, method, url, parameters: PARAMETERS, nonce: NONCE };
    expect(signV3(signed)).toBe(signature);
  });

  it('of a POST without parameters is that of a GET', () => {
    const signable = { authToken: TOKEN, url: `${PAGE}?b=2&a=1`, parameters: [], nonce: NONCE };
    expect(signV3({ ...signable, method: 'POST' })).toBe(signV3({ ...signable, method: 'GET' }));
  });
});

describe('the headers of a request', () => {
  // The package keeps parameters in a plain object, in which that name is none.
  const word = fc.stringMatching(/^[\w .:;<>@/-]{1,12}$/).filter(text => text !== '__proto__');
  const name = fc.stringMatching(/^[A-Z][\w-]{0,11}$/);
  const signables = fc.record({
    authToken: fc.stringMatching(/^[0-9a-f]{32}$/),
    method: fc.constantFrom('GET', 'POST'),
    // The package takes an @ in a path for the end of credentials, so paths have none here.
    url: fc
      .tuple(
        fc.webAuthority({ withPort: true }),
        fc.stringMatching(/^(\/[\w.~-]{1,9}){1,3}\/?$/),
        fc.array(fc.tuple(word, word), { maxLength: 4 }),
      )
      .map(
        ([host, path, query]) =>
          `https://${host}${path}${query.length === 0 ? '' : `?${new URLSearchParams(query)}`}`,
      ),
    parameters: fc.uniqueArray(fc.tuple(name, word), { selector: ([name]) => name, maxLength: 8 }),
    nonce: fc.stringMatching(/^\d{20}$/),
  }) satisfies fc.Arbitrary<Signable>;

  it('are accepted by the validators of the official package, for any URL and parameters', () => {
    fc.assert(
      fc.property(signables, signable => {
        const { authToken, method, url, parameters, nonce } = signable;
        const headers = signatureHeaders(signable);
        const fields = Object.fromEntries(parameters);
        const ofV3 = headers['x-plivo-signature-v3'] as string;

        expect(plivo.validateV3Signature(method, url, nonce, authToken, ofV3, fields)).toBe(true);
        expect(
          plivo.validateSignature(url, nonce, headers['x-plivo-signature-v2'] as string, authToken),
        ).toBe(true);
        expect(headers['x-plivo-signature']).toBe(computeOldSignature(authToken, url, fields));
        expect(headers['x-plivo-signature-ma-v3']).toBe(ofV3);
        expect(headers['x-plivo-signature-v3-nonce']).toBe(nonce);
      }),
    );
  });

  it('sign neither credentials nor fragment', () => {
    const signable = { authToken: TOKEN, method: 'POST', parameters: PARAMETERS, nonce: NONCE } as const;
    const plain = signatureHeaders({ ...signable, url: `${PAGE}?a=b` });
    const dressed = PAGE.replace('://', '://ann:secret@');
    expect(signatureHeaders({ ...signable, url: `${dressed}?a=b#rt=5000` })).toEqual(plain);
  });
});
