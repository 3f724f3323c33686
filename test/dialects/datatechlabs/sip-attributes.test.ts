/** `osip_<Header-Name>` and `sip_update`: what may be asked for. Whether a leg can have it, its route decides. */
import { describe, expect, it } from 'vitest';
import {
  MAX_HEADER_NAME_CHARACTERS,
  MAX_HEADER_VALUE_BYTES,
  RESERVED_SIP_HEADERS,
} from '../../../core/sip-header.ts';
import { MAX_SIP_UPDATE_SECONDS, MIN_SIP_UPDATE_SECONDS } from '../../../dialects/datatechlabs/fields.ts';
import { headersOf } from '../../../dialects/datatechlabs/osip.ts';
import { body, decode, legA, legB, refusal } from './support.ts';

const refusalOf = (attributes: object) => refusal(body({ leg_B: legB(attributes) })).message;

describe('osip_<Header-Name>', () => {
  it.each([
    ['P-Asserted-Identity', 'tel:+3312345678'],
    ['P-Preferred-Identity', 'sip:alice@example.com'],
    ['Privacy', 'Id'],
    ['Privacy', 'id;critical'],
    ['Diversion', '<sip:+12025550100@example.com>;reason=unconditional'],
    ['History-Info', '<sip:bob@example.com>;index=1'],
    ['User-to-User', '48656c6c6f;encoding=hex'],
    ['Subject', 'Ärger – 電話'],
    ['X-Customer', ''],
    ['Remote-Party-ID', '"A" <sip:a@example.com>'],
    ["!%*_+`'~.", 'every character that a token may have'],
  ])('adds a header named %s with that value', (name, value) => {
    expect(headersOf('leg_A', { [`osip_${name}`]: value })).toEqual([
      { attribute: `osip_${name}`, name, value },
    ]);
  });

  it('turns a number into its text', () => {
    expect(headersOf('leg_A', { 'osip_X-Queue': 7 })).toMatchObject([{ value: '7' }]);
  });

  it('keeps the name as it was written, without space around it', () => {
    expect(headersOf('leg_A', { 'osip_ X-CuStOm ': 'x' })).toMatchObject([{ name: 'X-CuStOm' }]);
  });

  it.each([...RESERVED_SIP_HEADERS, 'X-Dialplane', 'X-Dialplane-Token'])(
    'may not be %s, in whatever case: the platform itself sets it',
    name => {
      for (const spelling of [name, name.toUpperCase()]) {
        expect(refusalOf({ [`osip_${spelling}`]: 'x' })).toBe(
          `leg_B.osip_${spelling} names a header that the platform itself sets.`,
        );
      }
    },
  );

  it('knows every header of the transaction, the dialog and the session, and each compact form', () => {
    expect([...RESERVED_SIP_HEADERS].sort()).toEqual(
      [
        'Via From To Call-ID CSeq Contact Max-Forwards Route Record-Route Content-Length Content-Type',
        'Content-Encoding Allow Supported Require Proxy-Require Authorization Proxy-Authorization',
        'Session-Expires Min-SE RAck RSeq Expires v f t i m l c e k x',
      ]
        .join(' ')
        .toLowerCase()
        .split(' ')
        .sort(),
    );
  });

  it.each(['', ' ', 'X Y', 'X:Y', 'X\r\nVia', 'Ü', 'X\u0000', 'x'.repeat(MAX_HEADER_NAME_CHARACTERS + 1)])(
    'may not be named %j',
    name => {
      expect(refusalOf({ [`osip_${name}`]: 'x' })).toBe(
        `leg_B.osip_${name} does not name a SIP header: a name has 1 to 64 letters, digits or -.!%*_+\`'~.`,
      );
    },
  );

  it(`may have ${MAX_HEADER_NAME_CHARACTERS} characters in its name`, () => {
    expect(headersOf('leg_A', { [`osip_${'x'.repeat(MAX_HEADER_NAME_CHARACTERS)}`]: '' })).toHaveLength(1);
  });

  it.each([null, true, ['x'], { a: 1 }])('may not be %j', value => {
    expect(refusalOf({ 'osip_X-A': value })).toBe('leg_B.osip_X-A must be a text or a number.');
  });

  it.each(['\r', '\n', '\r\nVia: x', '\u0000', '\t', '\u007f', '\u0085'])('may not hold %j', part => {
    expect(refusalOf({ 'osip_X-A': `a${part}b` })).toBe(
      'leg_B.osip_X-A must not contain line breaks or other control characters.',
    );
  });

  it('may not hold half of a character, which UTF-8 cannot say', () => {
    expect(refusalOf({ 'osip_X-A': '\ud83d' })).toBe('leg_B.osip_X-A must not contain halves of characters.');
  });

  it(`has at most ${MAX_HEADER_VALUE_BYTES} bytes, not characters`, () => {
    const longest = 'é'.repeat(MAX_HEADER_VALUE_BYTES / 2);

    expect(headersOf('leg_A', { 'osip_X-A': longest })).toHaveLength(1);
    expect(refusalOf({ 'osip_X-A': `${longest}x` })).toBe('leg_B.osip_X-A must have at most 1024 bytes.');
  });

  it('may not name one header twice', () => {
    expect(refusalOf({ osip_Privacy: 'id', osip_privacy: 'none' })).toBe(
      'leg_B.osip_privacy names the same header as leg_B.osip_Privacy.',
    );
  });

  it('may name the same header on both legs', () => {
    const json = body({ leg_A: legA({ osip_Privacy: 'id' }), leg_B: legB({ osip_Privacy: 'none' }) });

    expect(decode(json)).toMatchObject({
      sipSettings: { headers: [['Privacy', 'id']] },
      entry: { join: { sipSettings: { headers: [['Privacy', 'none']] } } },
    });
  });
});

describe('sip_update', () => {
  it.each([MIN_SIP_UPDATE_SECONDS, 900, MAX_SIP_UPDATE_SECONDS])('may be %i s', sip_update => {
    expect(decode(body({ leg_A: legA({ sip_update }) })).sipSettings).toEqual({
      leg: 'leg_A',
      headers: [],
      updateSeconds: sip_update,
      attributes: ['sip_update'],
    });
  });

  it.each([0, -900, 86_401, 900.5, '900', null, [900], true])('may not be %j', sip_update => {
    const { kind, message } = refusal(body({ leg_A: legA({ sip_update }) }));

    expect([kind, message]).toEqual([
      'invalid-parameter',
      'leg_A.sip_update must be a whole number of seconds from 1 to 86400.',
    ]);
  });
});

describe('all that a leg asks for of SIP', () => {
  it('is kept with the names of its attributes', () => {
    const { sipSettings } = decode(
      body({ leg_A: legA({ 'osip_ X-A ': 7, sip_update: 900, osip_Privacy: 'Id' }) }),
    );

    expect(sipSettings).toEqual({
      leg: 'leg_A',
      headers: [
        ['X-A', '7'],
        ['Privacy', 'Id'],
      ],
      updateSeconds: 900,
      attributes: ['sip_update', 'osip_ X-A ', 'osip_Privacy'],
    });
  });

  it('is refused for what is wrong with a header, wherever the leg leads', () => {
    expect(refusalOf({ osip_Via: 'x', sip_update: 900 })).toMatch(/platform itself sets/);
  });
});
