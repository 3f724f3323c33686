/** The tables of `docs/cost.md`. What stands between the marks of a table is written by `write-page.ts`, not by hand. */

import { PRICES, type Price, type PricedItem } from '../../local/aws/prices.ts';
import type { Cost } from '../../local/aws/usage.ts';

export type TableName = 'prices' | 'calls' | 'usage';

/** What a million calls of each kind cost, by their titles. */
export type Measured = readonly { title: string; cost: Cost }[];

/** The page with a table put in the place of the one before. Throws when the page has no such place. */
export function withTable(page: string, name: TableName, table: string): string {
  const [begin, end] = marks(name);
  if (!page.includes(begin) || !page.includes(end)) throw new Error(`docs/cost.md has no ${begin} … ${end}.`);
  const [before] = page.split(begin);
  const [, after] = page.split(end);
  return `${before}${begin}\n\n${table}\n\n${end}${after}`;
}

export function tableOf(page: string, name: TableName): string | undefined {
  const [begin, end] = marks(name);
  return page.split(begin)[1]?.split(end)[0]?.trim();
}

const marks = (name: TableName) => [`<!-- table: ${name} -->`, `<!-- end of table: ${name} -->`] as const;

export function pricesTable(): string {
  return markdown(
    ['Unit', 'US dollars', 'for', 'Page', 'Line'],
    Object.values<Price>(PRICES).map(({ unit, dollars, per, page, line }) => [
      unit,
      String(dollars),
      per.toLocaleString('en-US'),
      `[${page}](https://${page})`,
      line,
    ]),
  );
}

export function callsTable(measured: Measured): string {
  return markdown(
    ['Call', 'US dollars', 'A million of them'],
    measured.map(({ title, cost: { dollars } }) => [
      title,
      dollars.toFixed(6),
      `$${Math.round(dollars * 1_000_000)}`,
    ]),
  );
}

/** What each call used, and in brackets what that costs for a million calls. */
export function usageTable(measured: Measured): string {
  const items = Object.keys(PRICES) as PricedItem[];
  const rows = items
    .map(item => [PRICES[item].unit, ...measured.map(({ cost }) => cell(cost, item))])
    .filter(row => row.slice(1).some(text => text !== ''));
  return markdown(['', ...measured.map(({ title }) => title)], rows);
}

function cell({ lines }: Cost, item: PricedItem): string {
  const line = lines.find(each => each.item === item);
  if (line === undefined) return '';
  const quantity = Number.isInteger(line.quantity) ? line.quantity : line.quantity.toFixed(2);
  return `${quantity} ($${(line.dollars * 1_000_000).toFixed(1)})`;
}

function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
