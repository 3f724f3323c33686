import { expect, test } from 'vitest';
import { fuzz } from '../../../bench/sip/fuzz/run.ts';

test('ten thousand messages that are nearly right give a message or a parse error, and nothing else', () => {
  const { accepted, refused, slowestMs } = fuzz(4_475, 10_000);

  expect(accepted + refused).toBe(10_000);
  expect(accepted).toBeGreaterThan(100);
  expect(slowestMs).toBeLessThan(1_000);
});
