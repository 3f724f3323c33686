import { RestClient } from '@signalwire/compatibility-api';
import fc from 'fast-check';
import twilio from 'twilio';
import { describe, expect, it } from 'vitest';
import type { Pairs } from '../../../dialects/dialect.ts';
import { sign, signedUrl, wireUrl } from '../../../dialects/signalwire/signature.ts';

const VALIDATORS = { signalwire: RestClient.validateRequest, twilio: twilio.validateRequest } as const;

const accepts = (key: string, signature: string, url: string, form: Pairs) =>
  Object.values(VALIDATORS).map(validate => validate(key, signature, url, Object.fromEntries(form)));

describe('A signature', () => {
  it.each([
    {
      url: 'https://example.com/myapp.php?foo=1&bar=2',
      form: [
        ['To', '+18005551212'],
        ['CallSid', 'CA1234567890ABCDE'],
        ['Digits', '1234'],
        ['Caller', '+14158675310'],
        ['From', '+14158675310'],
      ],
      signature: 'L/OH5YylLD5NRKLltdqwSvS0BnU=',
    },
    {
      url: 'https://example.com/voice?foo=1',
      form: [
        ['CallSid', 'CA1'],
        ['From', '+15551234567'],
        ['To', 'sip:bob@example.com'],
      ],
      signature: 'zZWg94hOuogEDUY9qp7p3KlOHW8=',
    },
  ])('of $url under 12345 is the published $signature', ({ url, form, signature }) => {
    expect(sign('12345', url, form as Pairs)).toBe(signature);
    expect(accepts('12345', signature, url, form as Pairs)).toEqual([true, true]);
  });

  it.each([
    'http://127.0.0.1:8080/voice',
    'https://example.com:8443/voice?a=1',
    'https://example.com/a%20path?b=%20c+d',
    "https://example.com/?quote='it''s'",
    'https://EXAMPLE.com',
    'http://h.example?x=1',
    'https://ann:p%40ss@example.com/voice#ot=500',
    'https://example.com:443/voice',
    'http://[::1]:9000/voice',
    'https://bücher.example/straße?q=ä',
  ])('of %s is what both vendors’ validators expect of the URL that their owner sees', url => {
    const form: Pairs = [
      ['To', '+1'],
      ['Empty', ''],
      ['Umlaut', 'ä'],
    ];
    expect(accepts('key', sign('key', url, form), signedUrl(wireUrl(url)), form)).toEqual([true, true]);
    expect(accepts('key', sign('key', url, []), signedUrl(wireUrl(url)), [])).toEqual([true, true]);
  });

  it('is accepted by both vendors’ validators whatever the fields say', () => {
    const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_-]{0,12}$/).filter(text => text !== '__proto__');
    const fields = fc.uniqueArray(fc.tuple(name, fc.string({ unit: 'grapheme' })), {
      selector: ([key]) => key,
    });
    fc.assert(
      fc.property(fields, fc.webUrl({ withQueryParameters: true, withFragments: true }), (form, url) => {
        const receiverSees = signedUrl(wireUrl(url));
        expect(accepts('key', sign('key', url, form), receiverSees, form)).toEqual([true, true]);
      }),
      { numRuns: 25 },
    );
  });

  it('does not fit another key, another field or another URL', () => {
    const signature = sign('key', 'https://example.com/', [['To', '+1']]);
    expect(accepts('other', signature, 'https://example.com/', [['To', '+1']])).toEqual([false, false]);
    expect(accepts('key', signature, 'https://example.com/', [['To', '+2']])).toEqual([false, false]);
    expect(accepts('key', signature, 'https://example.com/x', [['To', '+1']])).toEqual([false, false]);
  });

  it.each([
    ['https://EXAMPLE.com', 'https://example.com/'],
    ['https://ann:hunter2@example.com/a?b#c', 'https://example.com/a?b'],
    ['http://example.com:80/', 'http://example.com/'],
    ['http://example.com:8080', 'http://example.com:8080/'],
  ])('of %s is one of %s', (url, signed) => {
    expect(signedUrl(url)).toBe(signed);
  });
});
