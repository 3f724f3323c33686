import { describe, expect, it } from 'vitest';
import type { SendDigits } from '../../../core/verb.ts';
import { EngineCall, lines } from '../../support/engine-call.ts';
import { LEG_IDS } from '../../support/sma-events.ts';

const sendDigits = (digits: string, loop = 1): SendDigits => ({ verb: 'SendDigits', digits, loop });

describe('SendDigits', () => {
  it('presses keys on the leg that the call began with', () => {
    const call = EngineCall.answered([sendDigits('1234#')]);

    expect(call.actions[0]).toEqual({
      Type: 'SendDigits',
      Parameters: { CallId: LEG_IDS['LEG-A'], Digits: '1234#' },
    });
  });

  it('waits half a second for a w and a second for a W', () => {
    const call = EngineCall.answered([sendDigits('w1W2')]);

    expect(lines(call.actions)[0]).toBe('SendDigits ,1,,2');
  });

  it('takes one action for each 50 tones', () => {
    const call = EngineCall.answered([sendDigits('5'.repeat(120))]);

    expect(lines(call.actions)).toEqual([
      `SendDigits ${'5'.repeat(50)}`,
      `SendDigits ${'5'.repeat(50)}`,
      `SendDigits ${'5'.repeat(20)}`,
      'Hangup LEG-A 0',
    ]);
  });

  it('is repeated as often as its loop says', () => {
    const call = EngineCall.answered([sendDigits('1', 2)]);

    expect(lines(call.actions)).toEqual(['SendDigits 1', 'SendDigits 1', 'Hangup LEG-A 0']);
  });

  it('is nothing without digits', () => {
    const call = EngineCall.answered([sendDigits('')]);

    expect(lines(call.actions)).toEqual(['Hangup LEG-A 0']);
  });
});
