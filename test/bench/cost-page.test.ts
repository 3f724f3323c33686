import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pricesTable, tableOf } from '../../bench/cost/page.ts';

describe('docs/cost.md', () => {
  it('shows the prices that calls are counted with', () => {
    const page = readFileSync(new URL('../../docs/cost.md', import.meta.url), 'utf8');
    expect(tableOf(page, 'prices')).toBe(pricesTable());
  });
});
