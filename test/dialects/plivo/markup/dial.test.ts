/** Dial, Number and User, attribute by attribute. */
import { describe, expect, it } from 'vitest';
import { MAX_DIAL_TARGETS } from '../../../../core/limits.ts';
import type { Dial } from '../../../../core/verb.ts';
import {
  MAX_KEY_SEQUENCES,
  MAX_KEYS_OF_A_SEQUENCE,
} from '../../../../dialects/plivo/markup/key-sequences.ts';
import { type Builder, only, raw, read, refusalOf } from './reading.ts';

const ACTION = 'https://example.com/action';
const dial = (attributes: object, build: (dial: Builder) => unknown = d => d.addNumber('12025550100')) =>
  read(r => build(r.addDial(attributes)));
const dialled = (...args: Parameters<typeof dial>): Dial => only('Dial', dial(...args));

describe('Dial', () => {
  it('rings as the platform does where nothing is said of how', () => {
    expect(dialled({})).toEqual({
      verb: 'Dial',
      order: 'together',
      targets: [{ kind: 'number', number: '+12025550100', headers: [] }],
      showsCallersName: true,
      timeoutSeconds: 120,
      timeLimitSeconds: 14_400,
      hangupOnStar: false,
      answer: 'document',
      afterwards: 'continue',
    });
  });

  it.each([
    [{ action: ACTION }, { action: { url: ACTION, method: 'POST' }, answer: 'document' }],
    [{ action: ACTION, method: 'GET' }, { action: { url: ACTION, method: 'GET' } }],
    [
      { action: ACTION, redirect: false },
      { action: { url: ACTION }, answer: 'notice' },
    ],
    [{ timeout: 30 }, { timeoutSeconds: 30 }],
    [{ timeLimit: 60 }, { timeLimitSeconds: 60 }],
    [{ timeLimit: 90_000 }, { timeLimitSeconds: 86_400 }],
    [{ callerId: '12025550110' }, { callerId: '+12025550110' }],
    [{ callerId: 'alice' }, { callerId: 'alice' }],
    [{ callerName: 'Alice Ö.' }, { callerName: 'Alice Ö.' }],
    [{ hangupOnStar: true }, { hangupOnStar: true }],
    [
      { dialMusic: 'https://example.com/music' },
      { ringback: { url: 'https://example.com/music', method: 'POST' } },
    ],
    [{ dialMusic: 'music' }, { ringback: { url: expect.stringMatching(/^https:.*\/music$/) } }],
  ])('with %j is %j', (attributes, verb) => {
    const document = dial(attributes);
    expect(only('Dial', document)).toMatchObject(verb);
    expect(document.notifications).toEqual([]);
  });

  it.each(['', 'real', 'none'])('with dialMusic %j has no document of its own for the ringing', dialMusic => {
    const document = dial({ dialMusic });
    expect(only('Dial', document)).not.toHaveProperty('ringback');
    expect(document.notifications).toEqual([]);
  });

  it('tells its callbackUrl of each that it rings, with the headers of that one', () => {
    const { targets } = dialled(
      { callbackUrl: 'https://example.com/events', callbackMethod: 'GET', sipHeaders: 'A=1,B=2' },
      d => {
        d.addUser('sip:ann@example.com', { sipHeaders: 'B=3,C=4' });
        d.addNumber('12025550100');
      },
    );
    const headers = [
      ['X-PH-A', '1'],
      ['X-PH-B', '3'],
      ['X-PH-C', '4'],
    ];
    const callback = {
      url: 'https://example.com/events',
      method: 'GET',
      events: ['answered', 'joined', 'digits', 'completed'],
    };
    expect(targets).toMatchObject([
      { headers, callback: { ...callback, parameters: headers } },
      { callback: { ...callback, parameters: headers.slice(0, 1).concat([['X-PH-B', '2']]) } },
    ]);
  });

  it('tells its action of its sipHeaders', () => {
    expect(dialled({ action: ACTION, sipHeaders: 'Test=Sample' }).action).toEqual({
      url: ACTION,
      method: 'POST',
      parameters: [['X-PH-Test', 'Sample']],
    });
  });

  it('has its callees confirm, by a document and a key', () => {
    const confirmSound = 'https://example.com/confirm';
    const [target] = dialled({ confirmSound, confirmKey: 3, confirmTimeout: 20 }).targets;
    expect(target?.screening).toEqual({
      document: { url: confirmSound, method: 'POST' },
      key: '3',
      timeoutSeconds: 20,
    });
    expect(dialled({ confirmSound }).targets[0]?.screening).toEqual({
      document: { url: confirmSound, method: 'POST' },
      timeoutSeconds: 120,
    });
    expect(dialled({ confirmKey: '*' }).targets[0]?.screening).toEqual({ key: '*', timeoutSeconds: 120 });
    expect(dialled({ confirmTimeout: 20 }).targets[0]).not.toHaveProperty('screening');
  });

  it('watches keys of either side, where a callbackUrl is told of them', () => {
    const callbackUrl = 'https://example.com/events';
    expect(dialled({ callbackUrl, digitsMatch: '1, 22,*9,1', digitsMatchBLeg: '#' }).watchedKeys).toEqual({
      caller: ['1', '22', '*9'],
      callee: ['#'],
    });
    expect(dialled({ callbackUrl, digitsMatchBLeg: '3' }).watchedKeys).toEqual({ callee: ['3'] });
    const many = (count: number, length: number) => Array(count).fill('1'.repeat(length)).join();
    const noted = (digitsMatch: string) => dial({ callbackUrl, digitsMatch }).notifications.length;
    expect(noted(many(MAX_KEY_SEQUENCES, MAX_KEYS_OF_A_SEQUENCE))).toBe(0);
    expect(noted(many(MAX_KEY_SEQUENCES + 1, 1))).toBe(1);
    expect(noted(many(1, MAX_KEYS_OF_A_SEQUENCE + 1))).toBe(1);
    expect(noted('1,a')).toBe(1);
  });

  it.each([
    [{ digitsMatch: '1' }, 'callbackUrl'],
    [{ timeout: 200 }, 'timeout'],
    [{ timeout: 'soon' }, 'timeout'],
    [{ sipHeaders: 'a-b=1' }, 'sipHeaders'],
  ])('with %j notes that %s is another', (attributes, name) => {
    expect(dial(attributes).notifications).toMatchObject([{ message: expect.stringContaining(name) }]);
  });

  it.each([
    ['nobody to dial', '<Dial/>', 8011],
    ['text', '<Dial>12025550100</Dial>', 8011],
    ['another noun', '<Dial><Client>ann</Client></Dial>', 8011],
    ['a number that is none', '<Dial><Number>Ann</Number></Dial>', 8011],
    ['an address that is none', '<Dial><User>ann</User></Dial>', 8011],
    ['a password in an address', '<Dial><User>sip:ann:secret@example.com</User></Dial>', 8011],
    ['two keys', '<Dial confirmSound="/c" confirmKey="12"><Number>12025550100</Number></Dial>', 8011],
    ['a caller id that is none', '<Dial callerId="a b"><Number>12025550100</Number></Dial>', 8011],
    ['WhatsApp', '<Dial callType="whatsapp"><Number>12025550100</Number></Dial>', 8011],
    ['an action that is no address', '<Dial action="ftp://x"><Number>12025550100</Number></Dial>', 7022],
    ['another method', '<Dial action="/a" method="PUT"><Number>12025550100</Number></Dial>', 7032],
    ['half of the credentials', '<Dial><User sipAuthUsername="ann">sip:ann@example.com</User></Dial>', 8011],
    ['too many', `<Dial>${'<Number>12025550100</Number>'.repeat(MAX_DIAL_TARGETS + 1)}</Dial>`, 8011],
  ])('is refused with %s', (_, markup, code) => {
    expect(refusalOf(() => raw(markup)).code).toBe(code);
  });

  it('is where the document is left, if its action brings another one', () => {
    const reached = (attributes: string) =>
      raw(`<Dial ${attributes}><Number>12025550100</Number></Dial><Hangup/>`).verbs.length;
    expect([reached('action="/a"'), reached('action="/a" redirect="false"'), reached('')]).toEqual([1, 2, 2]);
  });
});

describe('Number', () => {
  it.each([
    ['12025550100', '+12025550100'],
    ['+12025550100', '+12025550100'],
    ['1 (202) 555-0100', '+12025550100'],
    ['1000123', '1000123'],
  ])('%s is %s', (written, number) => {
    expect(dialled({}, d => d.addNumber(written)).targets[0]).toMatchObject({ kind: 'number', number });
  });

  it('presses keys once it was answered', () => {
    expect(dialled({}, d => d.addNumber('12025550100', { sendDigits: 'wwww2410' })).targets[0]).toMatchObject(
      {
        sendDigits: 'wwww2410',
      },
    );
  });

  it('has headers for where a route leads it over a trunk', () => {
    const { targets } = only('Dial', raw('<Dial><Number sipHeaders="A=1">12025550100</Number></Dial>'));
    expect(targets[0]).toMatchObject({ headers: [['X-PH-A', '1']] });
  });

  it.each([{ sendOnPreanswer: true }, { callerId: '12025550110' }, { callerName: 'Ann' }])(
    'notes that %j has no effect',
    attributes => {
      expect(dial({}, d => d.addNumber('12025550100', attributes)).notifications).toHaveLength(1);
    },
  );
});

describe('User', () => {
  it('is a SIP address with its headers', () => {
    const [user] = dialled({}, d =>
      d.addUser('sip:ann@example.com:5070;transport=tcp', { sipHeaders: 'Test=Sample' }),
    ).targets;
    expect(user).toEqual({
      kind: 'sip',
      uri: 'sip:ann@example.com:5070',
      transport: 'tcp',
      codecs: ['PCMU', 'PCMA'],
      headers: [['X-PH-Test', 'Sample']],
    });
  });

  it('is a client of the account at the platform’s own domain', () => {
    expect(dialled({}, d => d.addUser('sip:ann@phone.plivo.com')).targets).toEqual([
      { kind: 'client', name: 'ann', headers: [] },
    ]);
  });

  it('has credentials, and presses keys', () => {
    const { targets } = only(
      'Dial',
      raw(
        '<Dial><User sipAuthUsername="ann" sipAuthPassword="a secret" sendDigits="1">sip:ann@example.com</User></Dial>',
      ),
    );
    expect(targets[0]).toMatchObject({
      credentials: { username: 'ann', password: { clear: 'a secret' } },
      sendDigits: '1',
    });
  });
});
