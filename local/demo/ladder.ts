/** A call as a ladder: who says what to whom, from top to bottom. */
import { styleText } from 'node:util';

export const LANES = ['your server', 'Dialplane', 'voice service', 'phones'] as const;
export type Lane = (typeof LANES)[number];
export type Tone = 'plain' | 'good' | 'bad' | 'quiet';

const TIME_WIDTH = 8;
const LANE_SPACING = 33;
const FIRST_LANE = TIME_WIDTH + 4;
const COLOURS: Readonly<Record<Tone, Parameters<typeof styleText>[0]>> = {
  plain: 'reset',
  good: 'green',
  bad: 'red',
  quiet: 'dim',
};

const columnOf = (lane: Lane) => FIRST_LANE + LANES.indexOf(lane) * LANE_SPACING;

/** The names of the lanes, each over its line. */
export function heading(): string {
  return place(LANES.map(lane => [Math.max(0, columnOf(lane) - Math.floor(lane.length / 2)), lane]));
}

/** One message: `  1.042      │──── CallAndBridge ───▶│`. A label too long for its arrow is cut. */
export function arrow(seconds: number, from: Lane, to: Lane, label: string, tone: Tone = 'plain'): string {
  const [start, end] = [columnOf(from), columnOf(to)];
  const [left, right] = [Math.min(start, end) + 1, Math.max(start, end)];
  const room = right - left - 1;
  const text = ` ${label.length > room - 4 ? `${label.slice(0, room - 5)}…` : label} `;
  const before = Math.floor((room - text.length) / 2);
  const line = '─'.repeat(before) + text + '─'.repeat(room - before - text.length);
  const lifelines = place([
    [0, clock(seconds)],
    ...LANES.map(lane => [columnOf(lane), '│'] as [number, string]),
  ]);
  const drawn = end > start ? `${line}▶` : `◀${line}`;
  return lifelines.slice(0, left) + paint(tone, drawn) + lifelines.slice(right);
}

/** Something that a lane does by itself. */
export function note(seconds: number, lane: Lane, label: string, tone: Tone = 'quiet'): string {
  const lifelines = place([
    [0, clock(seconds)],
    ...LANES.map(each => [columnOf(each), '│'] as [number, string]),
  ]);
  const start = columnOf(lane) + 2;
  return lifelines.slice(0, start) + paint(tone, label) + lifelines.slice(start + label.length);
}

export function paint(tone: Tone, text: string): string {
  return tone === 'plain' ? text : styleText(COLOURS[tone], text, { stream: process.stdout });
}

const clock = (seconds: number) => `${seconds.toFixed(3).padStart(TIME_WIDTH - 1)}`;

function place(texts: [column: number, text: string][]): string {
  const width = columnOf(LANES[LANES.length - 1] as Lane) + 1;
  let line = ' '.repeat(width);
  for (const [column, text] of texts) line = line.slice(0, column) + text + line.slice(column + text.length);
  return line;
}
