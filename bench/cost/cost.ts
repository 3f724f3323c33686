/** What calls use of AWS, and what that costs by the list prices. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CALLS } from '../calls.ts';
import type { Figure, Suite } from '../suite.ts';
import { measure } from './measure.ts';

interface Budget {
  cost: Record<string, { dollarsAMillion: number }>;
}

export const cost: Suite = async () => {
  const budget: Budget = JSON.parse(await readFile(join(import.meta.dirname, '../budget.json'), 'utf8'));
  const figures: Figure[] = [];
  for (const call of CALLS) {
    const { dollars, lines } = await measure(call);
    const allowed = budget.cost[call.name];
    if (allowed === undefined) throw new Error(`bench/budget.json has no budget for the call ${call.name}.`);
    figures.push(
      {
        what: call.title,
        value: dollars * 1_000_000,
        unit: '$ a million',
        target: { atMost: allowed.dollarsAMillion },
      },
      ...lines.map(({ unit, quantity }) => ({ what: `  ${unit}`, value: quantity, unit: '' })),
    );
  }
  return figures;
};
