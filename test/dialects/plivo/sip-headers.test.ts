import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headerFault } from '../../../core/sip-header.ts';
import {
  customHeaders,
  MAX_HEADERS,
  MAX_NAME_CHARACTERS,
  MAX_VALUE_CHARACTERS,
  readSipHeaders,
} from '../../../dialects/plivo/sip-headers.ts';

const read = (text: string) => readSipHeaders(text).headers;

describe('sip_headers', () => {
  it.each<[string, [string, string][]]>([
    ['Test=Sample', [['X-PH-Test', 'Sample']]],
    [
      'head1=val1,head2=val2,head3=val3',
      [
        ['X-PH-head1', 'val1'],
        ['X-PH-head2', 'val2'],
        ['X-PH-head3', 'val3'],
      ],
    ],
    [
      ' a=1 , b=2,,',
      [
        ['X-PH-a', '1'],
        ['X-PH-b', '2'],
      ],
    ],
    ['Name=Anna%20Berg', [['X-PH-Name', 'Anna%20Berg']]],
    ['X-PH-Test1=value1', [['X-PH-Test1', 'value1']]],
    ['x-ph-Test1=value1', [['X-PH-Test1', 'value1']]],
    [
      'a=1,b=2,a=3',
      [
        ['X-PH-a', '3'],
        ['X-PH-b', '2'],
      ],
    ],
    [
      'a=1,A=2',
      [
        ['X-PH-a', '1'],
        ['X-PH-A', '2'],
      ],
    ],
    [`${'n'.repeat(MAX_NAME_CHARACTERS)}=1`, [[`X-PH-${'n'.repeat(MAX_NAME_CHARACTERS)}`, '1']]],
    [`a=${'v'.repeat(MAX_VALUE_CHARACTERS)}`, [['X-PH-a', 'v'.repeat(MAX_VALUE_CHARACTERS)]]],
    ['', []],
  ])('%j are %j', (text, headers) => {
    expect(readSipHeaders(text)).toEqual({ headers, dropped: [] });
  });

  it.each([
    'Test',
    '=1',
    'a=',
    'a b=1',
    'a-b=1',
    'a=b c',
    'a=b-c',
    'a=b=c',
    'a=1\r\nVia: evil',
    'a=ä',
    `${'n'.repeat(MAX_NAME_CHARACTERS + 1)}=1`,
    `a=${'v'.repeat(MAX_VALUE_CHARACTERS + 1)}`,
    'Plivo=1',
    'PLIVOid=1',
    'SipAuthToken=1',
    'TwilioCall=1',
    'ClientRegion=1',
    'X-PH-PH-a=1',
    'FS-a=1',
    'ZT-a=1',
  ])('leave %j out, and nothing else', text => {
    expect(readSipHeaders(`${text},b=2`)).toEqual({ headers: [['X-PH-b', '2']], dropped: [text] });
  });

  it('are as many as an INVITE may carry', () => {
    const text = Array.from({ length: MAX_HEADERS + 1 }, (_, index) => `h${index}=1`).join(',');
    expect(readSipHeaders(text)).toMatchObject({ headers: { length: MAX_HEADERS }, dropped: ['h20=1'] });
  });

  it('can always be sent, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
        for (const [name, value] of read(`${text},a=1`)) expect(headerFault(name, value)).toBeUndefined();
      }),
    );
  });
});

describe('the headers of an INVITE', () => {
  it('are told of where they begin with X-PH-, in any case, each name once', () => {
    const headers: [string, string][] = [
      ['X-PH-Agent', '7'],
      ['X-Other', '1'],
      ['x-ph-team', 'a b'],
      ['X-PH-Agent', '8'],
    ];
    expect(customHeaders(headers)).toEqual([
      ['X-PH-Agent', '8'],
      ['x-ph-team', 'a b'],
    ]);
  });
});
