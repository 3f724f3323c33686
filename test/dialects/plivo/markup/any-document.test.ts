import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HANGUP_CAUSES } from '../../../../dialects/plivo/hangup-causes.ts';
import { DIAL_ATTRIBUTES } from '../../../../dialects/plivo/markup/dial.ts';
import { USER_ATTRIBUTES } from '../../../../dialects/plivo/markup/dialled.ts';
import { GET_DIGITS_ATTRIBUTES } from '../../../../dialects/plivo/markup/get-digits.ts';
import { HANGUP_ATTRIBUTES } from '../../../../dialects/plivo/markup/hangup.ts';
import { SPEAK_ATTRIBUTES } from '../../../../dialects/plivo/markup/speak.ts';
import { WAIT_ATTRIBUTES } from '../../../../dialects/plivo/markup/wait.ts';
import { refusalOf, whole } from './reading.ts';

const escaped = (text: string) => text.replace(/[&<>"]/g, mark => `&#${mark.charCodeAt(0)};`);
const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }).map(escaped),
  fc.constantFrom(
    '',
    '0',
    '1',
    '120',
    '99999999',
    'true',
    'false',
    'GET',
    '/a',
    'a=1,b=2',
    '#',
    'none',
    'real',
  ),
);
const names = [
  DIAL_ATTRIBUTES,
  USER_ATTRIBUTES,
  GET_DIGITS_ATTRIBUTES,
  HANGUP_ATTRIBUTES,
  SPEAK_ATTRIBUTES,
  WAIT_ATTRIBUTES,
];
const attributes = fc
  .dictionary(fc.constantFrom(...names.flatMap(table => Object.keys(table))), words, { maxKeys: 4 })
  .map(all =>
    Object.entries(all)
      .map(([name, value]) => ` ${name}="${value}"`)
      .join(''),
  );
const element = fc.letrec<{ element: string }>(tie => ({
  element: fc
    .tuple(
      fc.constantFrom(
        ...'Speak Play Wait DTMF Hangup Redirect PreAnswer Dial Number User GetDigits Conference break Nonsense'.split(
          ' ',
        ),
      ),
      attributes,
      fc.array(
        fc.oneof(
          { maxDepth: 3 },
          words,
          fc.constantFrom('12025550100', 'sip:ann@example.com', 'https://example.com/'),
          tie('element'),
        ),
        { maxLength: 3 },
      ),
    )
    .map(([name, said, children]) => `<${name}${said}>${children.join('')}</${name}>`),
})).element;

/** Read, or refused with one of the platform's own codes; nothing else. */
function outcome(body: string): void {
  try {
    JSON.stringify(whole(body));
  } catch (error) {
    const { code, message } = refusalOf(() => {
      throw error;
    });
    expect(HANGUP_CAUSES).toHaveProperty(String(code));
    expect(message.length).toBeLessThan(600);
  }
}

describe('Whatever a customer’s server answers', () => {
  it('is read or refused, if it looks like a document', () => {
    fc.assert(
      fc.property(fc.array(element, { maxLength: 5 }), elements => {
        outcome(`<Response>${elements.join('')}</Response>`);
      }),
      { numRuns: 500 },
    );
  });

  it('is read or refused, whatever it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), body => outcome(body)));
  });
});
