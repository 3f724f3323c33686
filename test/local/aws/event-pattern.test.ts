import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../../local/aws/event-bridge/pattern.ts';

/** name, pattern, events that match, events that do not */
const TABLE: [string, object, object[], object[]][] = [
  ['a string', { a: ['x'] }, [{ a: 'x' }, { a: 'x', b: 1 }], [{ a: 'X' }, { a: 'xx' }, {}, { b: 'x' }]],
  ['alternatives', { a: ['x', 'y'] }, [{ a: 'x' }, { a: 'y' }], [{ a: 'z' }]],
  [
    'several fields, all of them',
    { a: ['x'], b: ['y'] },
    [{ a: 'x', b: 'y' }],
    [{ a: 'x' }, { a: 'x', b: 'z' }],
  ],
  ['a number by value', { a: [300] }, [{ a: 300.0 }, { a: 3.0e2 }], [{ a: '300' }, { a: 301 }]],
  ['a boolean', { a: [true] }, [{ a: true }], [{ a: 'true' }, { a: false }, {}]],
  ['null', { a: [null] }, [{ a: null }], [{}, { a: '' }, { a: 'null' }]],
  ['an empty string', { a: [''] }, [{ a: '' }], [{ a: null }, {}]],
  [
    'a nested field',
    { a: { b: ['x'] } },
    [{ a: { b: 'x' } }],
    [{ a: 'x' }, { b: 'x' }, { a: { b: { c: 'x' } } }],
  ],
  ['one element of an array', { a: ['x'] }, [{ a: ['w', 'x'] }], [{ a: ['w'] }, { a: [] }]],
  [
    'nested fields in one and the same element',
    { a: { b: ['1'], c: ['2'] } },
    [
      {
        a: [
          { b: '0', c: '2' },
          { b: '1', c: '2' },
        ],
      },
    ],
    [
      {
        a: [
          { b: '1', c: '0' },
          { b: '0', c: '2' },
        ],
      },
      { a: [] },
    ],
  ],
  ['a name that objects have by nature', { constructor: ['x'] }, [{ constructor: 'x' }], [{}]],
  ['prefix', { a: [{ prefix: 'us-' }] }, [{ a: 'us-east-1' }], [{ a: 'eu-us-' }, { a: 1 }, {}]],
  [
    'prefix, case ignored',
    { a: [{ prefix: { 'equals-ignore-case': 'EventB' } }] },
    [{ a: 'eventbridge' }],
    [{ a: 'event' }],
  ],
  ['suffix', { a: [{ suffix: '.png' }] }, [{ a: 'x.png' }], [{ a: 'x.PNG' }, { a: 'png' }]],
  [
    'suffix, case ignored',
    { a: [{ suffix: { 'equals-ignore-case': '.PNG' } }] },
    [{ a: 'x.pnG' }],
    [{ a: 'x.jpg' }],
  ],
  [
    'equals-ignore-case',
    { a: [{ 'equals-ignore-case': 'alice' }] },
    [{ a: 'ALICE' }],
    [{ a: 'alices' }, { a: 1 }],
  ],
  ['anything-but', { a: [{ 'anything-but': 'x' }] }, [{ a: 'y' }, { a: 1 }, { a: null }], [{ a: 'x' }, {}]],
  ['anything-but, a list', { a: [{ 'anything-but': ['x', 'y'] }] }, [{ a: 'z' }], [{ a: 'x' }, { a: 'y' }]],
  [
    'anything-but, a number',
    { a: [{ 'anything-but': [1, 2] }] },
    [{ a: 3 }, { a: '1' }],
    [{ a: 1 }, { a: 2 }],
  ],
  [
    'anything-but a prefix',
    { a: [{ 'anything-but': { prefix: 'us-' } }] },
    [{ a: 'eu-1' }],
    [{ a: 'us-1' }, {}],
  ],
  [
    'anything-but prefixes',
    { a: [{ 'anything-but': { prefix: ['us-', 'eu-'] } }] },
    [{ a: 'ap-1' }],
    [{ a: 'us-1' }, { a: 'eu-1' }],
  ],
  [
    'anything-but a suffix',
    { a: [{ 'anything-but': { suffix: '.png' } }] },
    [{ a: 'x.jpg' }],
    [{ a: 'x.png' }],
  ],
  [
    'anything-but, case ignored',
    { a: [{ 'anything-but': { 'equals-ignore-case': ['x'] } }] },
    [{ a: 'y' }],
    [{ a: 'X' }],
  ],
  [
    'anything-but a wildcard',
    { a: [{ 'anything-but': { wildcard: '*/lib/*' } }] },
    [{ a: '/bin/x' }],
    [{ a: '/usr/lib/x' }],
  ],
  ['exists', { a: [{ exists: true }] }, [{ a: 'x' }, { a: null }, { a: false }], [{}, { a: { b: 1 } }]],
  ['exists not', { a: [{ exists: false }] }, [{}, { b: 1 }], [{ a: 'x' }, { a: null }]],
  [
    'exists not, below what is not there',
    { a: { b: [{ exists: false }] } },
    [{}, { a: {} }],
    [{ a: { b: 1 } }],
  ],
  ['a value or nothing', { a: ['x', { exists: false }] }, [{ a: 'x' }, {}], [{ a: 'y' }]],
  ['numeric, one comparison', { a: [{ numeric: ['>', 10] }] }, [{ a: 10.1 }], [{ a: 10 }, { a: '11' }, {}]],
  [
    'numeric, a range',
    { a: [{ numeric: ['>', 10, '<=', 20] }] },
    [{ a: 11 }, { a: 20 }],
    [{ a: 10 }, { a: 21 }],
  ],
  ['numeric, equal', { a: [{ numeric: ['=', 3.018e2] }] }, [{ a: 301.8 }], [{ a: 301 }]],
  ['numeric, from and below', { a: [{ numeric: ['>=', 1, '<', 2] }] }, [{ a: 1 }], [{ a: 2 }]],
  [
    'cidr',
    { a: [{ cidr: '10.0.0.0/24' }] },
    [{ a: '10.0.0.255' }],
    [{ a: '10.0.1.0' }, { a: 'ten' }, { a: '::1' }],
  ],
  [
    'cidr, IPv6',
    { a: [{ cidr: '2001:db8::/32' }] },
    [{ a: '2001:db8:1::1' }],
    [{ a: '2001:db9::' }, { a: '10.0.0.1' }],
  ],
  [
    'wildcard',
    { a: [{ wildcard: 'dir/*.png' }] },
    [{ a: 'dir/x.png' }, { a: 'dir/.png' }],
    [{ a: 'dir/x.jpg' }, { a: 'xdir/x.png' }],
  ],
  [
    'wildcard, escaped',
    { a: [{ wildcard: 'a\\*b\\\\*' }] },
    [{ a: 'a*b\\' }, { a: 'a*b\\c' }],
    [{ a: 'axb\\' }],
  ],
  [
    'wildcard among characters that mean something elsewhere',
    { a: [{ wildcard: '(a.b)+*' }] },
    [{ a: '(a.b)+!' }],
    [{ a: '(axb)+' }],
  ],
  [
    '$or',
    { $or: [{ a: ['x'] }, { b: [{ numeric: ['>', 1] }] }] },
    [{ a: 'x' }, { b: 2 }, { a: 'y', b: 2 }],
    [{ a: 'y' }, { b: 1 }, {}],
  ],
  [
    '$or beside other fields, nested',
    { s: ['d'], detail: { k: ['v'], $or: [{ a: ['x'] }, { b: { c: ['y'] } }] } },
    [
      { s: 'd', detail: { k: 'v', a: 'x' } },
      { s: 'd', detail: { k: 'v', b: { c: 'y' } } },
    ],
    [
      { s: 'd', detail: { a: 'x' } },
      { s: 'd', detail: { k: 'v' } },
    ],
  ],
];

describe('event pattern', () => {
  describe.each(TABLE)('%s', (_, pattern, matching, others) => {
    it.each(matching.map(event => [JSON.stringify(event), event]))('matches %s', (_text, event) => {
      expect(compilePattern(pattern)(event)).toBe(true);
    });
    it.each(others.map(event => [JSON.stringify(event), event]))('does not match %s', (_text, event) => {
      expect(compilePattern(pattern)(event)).toBe(false);
    });
  });

  it.each([
    ['no fields', {}, 'at least one field'],
    ['an array instead of an object', [], 'at least one field'],
    ['a bare value', { a: 'x' }, 'array of alternatives (at a)'],
    ['an empty array', { a: { b: [] } }, 'empty arrays are not allowed (at a.b)'],
    ['an unknown operator', { a: [{ like: 'x' }] }, 'unrecognized match type like'],
    ['two operators in one', { a: [{ prefix: 'x', suffix: 'y' }] }, 'one operator'],
    ['prefix of a number', { a: [{ prefix: 1 }] }, 'prefix needs a string'],
    ['exists with a word', { a: [{ exists: 'yes' }] }, 'exists needs true or false'],
    ['numeric with a word', { a: [{ numeric: ['>', 'x'] }] }, 'numeric does not take > x'],
    ['numeric with three parts', { a: [{ numeric: ['>', 1, '<'] }] }, 'one or two comparisons'],
    ['a bad block', { a: [{ cidr: '10.0.0.0/64' }] }, 'malformed CIDR'],
    ['two stars in a row', { a: [{ wildcard: 'a**b' }] }, 'consecutive wildcard'],
    ['$or with one alternative', { $or: [{ a: ['x'] }] }, 'at least two'],
    [
      'anything-but with another operator',
      { a: [{ 'anything-but': { numeric: ['>', 1] } }] },
      'does not take numeric',
    ],
  ])('is refused for %s', (_, pattern, reason) => {
    expect(() => compilePattern(pattern)).toThrow(reason);
  });
});
