/**
 * `npm run bench`: every suite, or those that are named: `npm run bench -- engine cost`. Prints a table of each, keeps
 * the figures in `bench/results/`, and ends with 1 when a target was missed.
 */
import { relative } from 'node:path';
import { bundles } from './bundles/bundles.ts';
import { cost } from './cost/cost.ts';
import { edge } from './edge/edge.ts';
import { engine } from './engine/engine.ts';
import { asTable, keep } from './report.ts';
import { sipFuzz } from './sip/fuzz.ts';
import { sipMessages } from './sip/messages.ts';
import { sipTransactions } from './sip/transactions.ts';
import { type Figure, holds, type Suite } from './suite.ts';

const SUITES: Readonly<Record<string, Suite>> = {
  engine,
  bundles,
  cost,
  'sip-messages': sipMessages,
  'sip-transactions': sipTransactions,
  'sip-fuzz': sipFuzz,
  edge,
};

process.exitCode = await run(process.argv.slice(2));

async function run(names: string[]): Promise<number> {
  const unknown = names.filter(name => !Object.hasOwn(SUITES, name));
  if (unknown.length > 0) {
    console.error(
      `There is no suite ${unknown.join(', ')}. The suites are ${Object.keys(SUITES).join(', ')}; without a name all of them run.`,
    );
    return 2;
  }
  const at = new Date();
  const figures: Record<string, Figure[]> = {};
  for (const [name, suite] of Object.entries(SUITES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const measured = await suite();
    figures[name] = measured;
    console.log(`${asTable(name, measured)}\n`);
  }
  console.log(`Kept in ${relative(process.cwd(), await keep(figures, at))}.`);
  return Object.values(figures)
    .flat()
    .some(figure => holds(figure) === false)
    ? 1
    : 0;
}
