/** The options in docs/sma-runtime.md are those of the code. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type OptionRow, SMA_OPTIONS } from '../../sma/options.ts';

const DOCS = 'docs/sma-runtime.md';

function optionTable(): string {
  const rows = Object.entries(SMA_OPTIONS).map(([name, option]) => {
    const { default: value, says, service, values }: OptionRow<unknown> = option;
    const others = values === undefined ? '' : ` (${values.filter(other => other !== value).join(', ')})`;
    return `| \`${name}\` | \`${value}\`${others} | ${says} | ${service} |`;
  });
  return [
    '| Option | Default (others) | What it does | Amazon’s service |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

test('docs/sma-runtime.md lists every option as it is', () => {
  const [, table] =
    /<!-- options:.*-->\n([\s\S]*)\n<!-- \/options -->/.exec(readFileSync(DOCS, 'utf8')) ?? [];
  expect(table).toBe(optionTable());
});
