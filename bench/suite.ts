/** One thing that was measured. */
export interface Figure {
  what: string;
  value: number;
  unit: string;
  /** What it has to be; without one it is there to be watched. */
  target?: { atMost: number } | { atLeast: number } | { timesAtMost: number } | { timesAtLeast: number };
  /** Something measured in the same run on the same machine: on a busy one only the ratio says anything. */
  beside?: { what: string; value: number };
}

/** A part of the benchmark that can be run by itself. What it needs it starts, and what it starts it ends. */
export type Suite = () => Promise<Figure[]>;

/** How many times what stands beside it; undefined where nothing does, or came to nothing. */
export function ratio({ value, beside }: Figure): number | undefined {
  return beside && beside.value > 0 ? value / beside.value : undefined;
}

/** Undefined for a figure that has no target, or nothing to be held against. */
export function holds(figure: Figure): boolean | undefined {
  const { value, target } = figure;
  if (target === undefined) return undefined;
  if ('atMost' in target) return value <= target.atMost;
  if ('atLeast' in target) return value >= target.atLeast;
  const times = ratio(figure);
  if (times === undefined) return undefined;
  return 'timesAtMost' in target ? times <= target.timesAtMost : times >= target.timesAtLeast;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
