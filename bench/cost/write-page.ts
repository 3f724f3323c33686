/** `node bench/cost/write-page.ts`: measures the calls and writes the tables of `docs/cost.md`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CALLS } from '../calls.ts';
import { measure } from './measure.ts';
import { callsTable, pricesTable, usageTable, withTable } from './page.ts';

const PAGE = join(import.meta.dirname, '../../docs/cost.md');

const measured = [];
for (const call of CALLS) measured.push({ title: call.title, cost: await measure(call) });

let page = await readFile(PAGE, 'utf8');
page = withTable(page, 'prices', pricesTable());
page = withTable(page, 'calls', callsTable(measured));
page = withTable(page, 'usage', usageTable(measured));
await writeFile(PAGE, page);
