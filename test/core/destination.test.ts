import { describe, expect, it } from 'vitest';
import { destination } from '../../core/destination.ts';

describe('a dialled text', () => {
  it.each(['+12025550100', '+390612345', '+19'])('%s leads to the telephone network', number => {
    expect(destination(number)).toEqual({ kind: 'pstn', number });
  });

  it.each(['sip:a@example.com', 'SIPS:a@example.com;transport=tcp'])('%s leads to a SIP address', uri => {
    expect(destination(uri)).toEqual({ kind: 'sip', uri });
  });

  it.each([
    '',
    '1000123',
    '12025550100',
    '+0123',
    '+1202555010012345',
    '+1 202 555',
    'tel:+12025550100',
    '+1\n',
  ])('%j leads nowhere', text => {
    expect(destination(text)).toEqual({ kind: 'unknown' });
  });
});
