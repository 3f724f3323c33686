import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNumberPattern } from '../../../core/number-pattern.ts';
import { MAX_DESCRIPTION_CHARACTERS, MAX_PRIORITY, MAX_REASON_CHARACTERS } from '../../../core/route.ts';
import { decode, refusal } from './support.ts';

const POST = 'POST /v1/routes';
const PUT = 'PUT /v1/routes/{id}';
const ROUTE = { pattern: '1000XXX', action: 'trunk', trunk: 'office' };

describe('A route', () => {
  it('leads to a trunk, to the telephone network, or nowhere', () => {
    expect(decode(POST, ROUTE)).toMatchObject({ end: { kind: 'trunk', trunk: 'office' } });
    expect(decode(POST, { pattern: '+.', action: 'pstn' })).toMatchObject({ end: { kind: 'pstn' } });
    expect(decode(POST, { pattern: '+.', action: 'refuse', reason: 'No.' })).toMatchObject({
      end: { kind: 'refuse', reason: 'No.' },
    });
  });

  const WRONG: [field: string, json: object][] = [
    ['pattern', { pattern: '' }],
    ['pattern', { pattern: '(a+)+$' }],
    ['pattern', { pattern: '^1000\\d{3}$' }],
    ['pattern', { pattern: 1000 }],
    ['priority', { priority: -1 }],
    ['priority', { priority: MAX_PRIORITY + 1 }],
    ['priority', { priority: 1.5 }],
    ['priority', { priority: '1' }],
    ['strip', { strip: 33 }],
    ['strip', { strip: 7 }],
    ['prepend', { prepend: '1'.repeat(33) }],
    ['prepend', { prepend: 'abc' }],
    ['prepend', { prepend: '00', pattern: '+49.' }],
    ['prepend', { prepend: '1'.repeat(26) }],
    ['description', { description: 'x'.repeat(MAX_DESCRIPTION_CHARACTERS + 1) }],
    ['action', { action: 'drop' }],
    ['trunk', { trunk: 'No Such Name' }],
  ];

  it.each(WRONG)('is refused for its %s in %j', (field, json) => {
    expect(refusal(POST, { ...ROUTE, ...json })).toMatchObject({ kind: 'invalid-parameter', field });
  });

  it('to the telephone network has to make numbers in E.164 form', () => {
    expect(refusal(POST, { pattern: '00.', action: 'pstn', strip: 2 })).toMatchObject({
      kind: 'invalid-parameter',
      field: 'prepend',
    });
    expect(decode(POST, { pattern: '00.', action: 'pstn', strip: 2, prepend: '+' })).toBeDefined();
  });

  it('that refuses has to say why, in at most 200 characters', () => {
    const refuse = (reason?: string) => ({ pattern: '1.', action: 'refuse', reason });

    expect(refusal(POST, refuse())).toMatchObject({ kind: 'missing-parameter', field: 'reason' });
    expect(refusal(POST, refuse(''))).toMatchObject({ kind: 'invalid-parameter', field: 'reason' });
    expect(refusal(POST, refuse('x'.repeat(MAX_REASON_CHARACTERS + 1)))).toMatchObject({ field: 'reason' });
    expect(decode(POST, refuse('x'.repeat(MAX_REASON_CHARACTERS)))).toBeDefined();
  });

  it.each([
    [{ ...ROUTE, action: 'pstn', pattern: '+.' }, 'trunk'],
    [{ ...ROUTE, reason: 'No.' }, 'reason'],
    [{ ...ROUTE, colour: 'red' }, 'colour'],
  ])('is refused for what does not belong to its action: %j', (json, field) => {
    expect(refusal(POST, json)).toMatchObject({ kind: 'unknown-parameter', field });
  });

  it.each(['pattern', 'action', 'trunk'])('without its %s is told so', field => {
    const { [field as 'trunk']: _, ...rest } = ROUTE;

    expect(refusal(POST, rest)).toMatchObject({ kind: 'missing-parameter', field });
  });

  it('keeps its identifier', () => {
    const id = `RT${'1'.repeat(32)}`;

    expect(decode(PUT, { ...ROUTE, id }, { id })).toMatchObject({ id });
    expect(refusal(PUT, { ...ROUTE, id: `RT${'2'.repeat(32)}` }, { id })).toMatchObject({ field: 'id' });
    expect(refusal(PUT, ROUTE, { id: 'RT1' }).kind).toBe('unknown-resource');
  });

  it('is taken or refused, whatever is sent, and never breaks', () => {
    const texts = fc.oneof(fc.string(), fc.stringMatching(/^\+?[0-9XNZ*#.]{0,8}$/));
    const anything = fc.record(
      {
        pattern: fc.oneof(texts, fc.anything()),
        action: fc.oneof(fc.constantFrom('trunk', 'pstn', 'refuse'), fc.anything()),
        trunk: fc.oneof(fc.constant('office'), fc.anything()),
        strip: fc.oneof(fc.nat(40), fc.anything()),
        prepend: fc.oneof(texts, fc.anything()),
      },
      { requiredKeys: [] },
    );

    fc.assert(
      fc.property(anything, json => {
        let settings: { pattern: string } | undefined;
        try {
          settings = decode(POST, json) as { pattern: string };
        } catch (error) {
          expect(error).toMatchObject({ name: 'Problem' });
        }
        expect(settings === undefined || isNumberPattern(settings.pattern)).toBe(true);
      }),
    );
  });
});
