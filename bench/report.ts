/** The figures of a run, as a table to read and as a file to keep. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Figure, holds, ratio } from './suite.ts';

const RESULTS = join(import.meta.dirname, 'results');

export function asTable(suite: string, figures: readonly Figure[]): string {
  const rows = figures.map(figure => [
    figure.what,
    `${shown(figure.value)} ${figure.unit}`,
    targetOf(figure),
    besideOf(figure),
    VERDICTS[String(holds(figure))] ?? '',
  ]);
  const header = [suite, 'figure', 'target', 'beside', ''];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map(row => row[column]?.length ?? 0)),
  );
  const line = (cells: string[]) =>
    cells
      .map((cell, column) =>
        column === 1 ? cell.padStart(widths[1] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(header), widths.map(width => '─'.repeat(width)).join('──'), ...rows.map(line)].join('\n');
}

const VERDICTS: Record<string, string> = { true: '✓', false: '✗ missed', undefined: '' };

function targetOf({ target, unit }: Figure): string {
  if (target === undefined) return '';
  if ('atMost' in target) return `≤ ${shown(target.atMost)} ${unit}`;
  if ('atLeast' in target) return `≥ ${shown(target.atLeast)} ${unit}`;
  if ('timesAtLeast' in target) return `≥ ${shown(target.timesAtLeast)} ×`;
  return `≤ ${shown(target.timesAtMost)} ×`;
}

function besideOf(figure: Figure): string {
  const { beside, unit } = figure;
  if (beside === undefined) return '';
  const times = ratio(figure);
  return times === undefined
    ? `${shown(beside.value)} ${unit}: ${beside.what}`
    : `${shown(times)} × ${beside.what}`;
}

function shown(value: number): string {
  if (value >= 1_000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

/** Writes `bench/results/<date>-<commit>.json`. Returns its path. */
export async function keep(figures: Record<string, readonly Figure[]>, at: Date): Promise<string> {
  const commit = await git('rev-parse', '--short', 'HEAD');
  const modified = (await git('status', '--porcelain', '--untracked-files=no')) !== '';
  const [cpu] = cpus();
  const result = {
    at: at.toISOString(),
    commit,
    ...(modified && { modified }),
    machine: {
      cpu: cpu?.model,
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 2 ** 30),
      platform: `${process.platform} ${process.arch}`,
      node: process.version,
    },
    figures: Object.fromEntries(
      Object.entries(figures).map(([suite, list]) => [
        suite,
        list.map(figure => ({ ...figure, ratio: ratio(figure), holds: holds(figure) })),
      ]),
    ),
  };
  await mkdir(RESULTS, { recursive: true });
  const stamp = at.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  const path = join(RESULTS, `${stamp}-${commit || 'unknown'}.json`);
  await writeFile(path, `${JSON.stringify(result, null, 2)}\n`);
  return path;
}

/** Empty where there is no repository. */
async function git(...args: string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', args, { cwd: import.meta.dirname });
    return stdout.trim();
  } catch {
    return '';
  }
}
