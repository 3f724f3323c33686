import { describe, expect, it } from 'vitest';
import {
  asE164,
  type ClientCaller,
  MAX_ORIGIN_HEADERS,
  MAX_ORIGIN_VALUE_CHARACTERS,
  originHeaders,
  reach,
} from '../../core/inbound.ts';
import { MAX_HEADER_NAME_CHARACTERS } from '../../core/sip-header.ts';
import { ACCOUNT, PSTN, route, to, trunk } from './directory.ts';

describe('What an INVITE brings along', () => {
  it('is its X- headers, Diversion and User-to-User, with their names as they were written', () => {
    const headers: [string, string][] = [
      ['Via', 'SIP/2.0/UDP 10.0.0.1'],
      ['X-Case', '42'],
      ['x-lower', 'a'],
      ['Diversion', '<sip:bob@example.com>;reason=unconditional'],
      ['User-to-User', '56a390f3;encoding=hex'],
      ['Authorization', 'Digest username="alice"'],
      ['P-Asserted-Identity', '<sip:a@b>'],
      ['Subject', 'x'],
      ['X-Case', '43'],
    ];
    expect(originHeaders(headers)).toEqual([1, 2, 3, 4, 8].map(at => headers[at]));
  });

  it.each(['X-Dialplane-Token', 'x-dialplane-anything', 'X-DIALPLANE'])('is never %s', name => {
    expect(originHeaders([[name, 'v']])).toEqual([]);
  });

  it(`is ${MAX_ORIGIN_HEADERS} headers at most`, () => {
    const many = Array.from({ length: MAX_ORIGIN_HEADERS + 1 }, (_, n): [string, string] => [`X-${n}`, 'v']);
    expect(originHeaders(many)).toEqual(many.slice(0, MAX_ORIGIN_HEADERS));
  });

  it('is no value, and no name, that is too long', () => {
    const name = (characters: number) => `X-${'n'.repeat(characters - 2)}`;
    const kept: [string, string][] = [
      ['X-A', 'v'.repeat(MAX_ORIGIN_VALUE_CHARACTERS)],
      [name(MAX_HEADER_NAME_CHARACTERS), 'v'],
    ];
    const dropped: [string, string][] = [
      ['X-B', 'v'.repeat(MAX_ORIGIN_VALUE_CHARACTERS + 1)],
      [name(MAX_HEADER_NAME_CHARACTERS + 1), 'v'],
    ];
    expect(originHeaders([...dropped, ...kept])).toEqual(kept);
  });
});

describe('A dialled number', () => {
  it.each([
    ['+12025550110', '+12025550110'],
    ['12025550110', '+12025550110'],
    ['02025550110', undefined],
    ['alice', undefined],
    ['', undefined],
  ])('%j is %j in E.164 form', (dialled, number) => {
    expect(asE164(dialled)).toBe(number);
  });
});

describe('A client that calls without an application', () => {
  const caller = (more: Partial<ClientCaller> = {}): ClientCaller => ({
    accountSid: ACCOUNT,
    name: 'alice',
    directory: {
      routes: [
        route('1XXX', to('office')),
        route('9.', PSTN, { strip: 1, prepend: '+' }),
        route('+1900.', { kind: 'refuse', reason: 'Premium numbers are barred.' }),
      ],
      trunks: [trunk('office', { headers: [['X-Customer', '42']], callerIds: ['1000'] })],
      clients: new Set(['bob', '1500']),
      numbers: new Set<string>(),
    },
    number: '+12025550110',
    ...more,
  });

  it('reaches another client, who sees its name', () => {
    expect(reach('bob', caller())).toMatchObject({
      to: 'client:bob',
      verbs: [
        {
          verb: 'DialEdge',
          callerId: 'alice',
          afterwards: 'hangup',
          targets: [{ client: 'bob', uri: `sip:bob@${ACCOUNT}` }],
        },
      ],
    });
  });

  it('reaches a client whose name is a number before any route', () => {
    expect(reach('1500', caller())).toMatchObject({ to: 'client:1500' });
  });

  it('reaches a trunk by a route, showing what the trunk lets it show', () => {
    const target = { uri: 'sip:1001@pbx.example.com', headers: [['X-Customer', '42']] };
    expect(reach('1001', caller())).toMatchObject({
      to: '1001',
      verbs: [{ verb: 'DialEdge', callerId: '+12025550110', targets: [target] }],
    });
    expect(reach('1001', caller({ name: '1000' }))).toMatchObject({ verbs: [{ callerId: '1000' }] });
  });

  it('brings its X- headers along, except over those of a trunk', () => {
    const headers: [string, string][] = [
      ['X-Order', '7'],
      ['x-customer', 'forged'],
      ['Diversion', '<sip:1@example.com>'],
    ];
    const reached = (dialled: string) => reach(dialled, caller({ headers }));
    const sent = (sent: [string, string][]) => ({ verbs: [{ targets: [{ headers: sent }] }] });
    expect(reached('1001')).toMatchObject(
      sent([
        ['X-Customer', '42'],
        ['X-Order', '7'],
      ]),
    );
    expect(reached('bob')).toMatchObject(
      sent([
        ['X-Order', '7'],
        ['x-customer', 'forged'],
      ]),
    );
  });

  it.each([
    ['+12025550100', '+12025550100'],
    ['912025550100', '+12025550100'],
  ])('reaches the telephone network by %s, showing the account’s number', (dialled, number) => {
    expect(reach(dialled, caller())).toMatchObject({
      to: dialled,
      verbs: [{ verb: 'DialNumber', callerId: '+12025550110', targets: [{ number }] }],
    });
  });

  it.each([
    ['mallory', { status: 404 }],
    ['2001', { status: 404 }],
    ['sip:carol@example.com', { status: 404 }],
    ['+19001234567', { status: 403, reason: 'Premium numbers are barred.' }],
  ])('reaches nobody by %s', (dialled, refused) => {
    expect(reach(dialled, caller())).toMatchObject(refused);
  });

  it('needs a number of its account’s own towards the telephone network', () => {
    expect(reach('+12025550100', caller({ number: undefined }))).toMatchObject({ status: 403 });
    expect(reach('1001', caller({ number: undefined }))).toMatchObject({ status: 403 });
  });
});
