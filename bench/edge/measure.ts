import { median } from '../suite.ts';
import { probe } from './probe.ts';
import { call, cpuMicroseconds, type Load } from './programs.ts';

/** Something that calls go through. */
export interface Element {
  readonly port: number;
  readonly pid: number;
  readonly uri: string;
}

/** What was measured of it. */
export interface Measured {
  readonly failed: number;
  /** Processor time of a call. */
  readonly cpuMicroseconds: number;
  readonly ringing: Ringing;
}

/** From INVITE to 180. */
export interface Ringing {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const PROBE_EVERY_MS = 10;

/**
 * Makes the same calls through each, in turns: whatever else the machine does meanwhile hits all of them alike. Says
 * what processor time a call took of each, and how soon single calls among them rang.
 */
export async function measureInTurns(
  elements: readonly Element[],
  load: Omit<Load, 'port' | 'uri'>,
  turns: number,
): Promise<Measured[]> {
  const all = elements.map(() => ({ failed: 0, cpu: 0, calls: 0, times: [] as number[] }));
  for (let turn = 0; turn < turns; turn++)
    for (const [at, { port, pid, uri }] of elements.entries()) {
      const probes = Math.floor(((load.calls / load.callsPerSecond) * 1_000) / PROBE_EVERY_MS);
      const before = cpuMicroseconds(pid);
      const [failed, times] = await Promise.all([
        call({ ...load, port, uri }),
        probe(port, uri, probes, PROBE_EVERY_MS),
      ]);
      const sum = all[at];
      if (sum === undefined) continue;
      sum.failed += failed + probes - times.length;
      sum.cpu += cpuMicroseconds(pid) - before;
      sum.calls += load.calls + probes;
      sum.times.push(...times);
    }
  return all.map(({ failed, cpu, calls, times }) => ({
    failed,
    cpuMicroseconds: cpu / calls,
    ringing: ringingOf(times),
  }));
}

/** How soon single calls ring where nothing else is measured. */
export async function ringing(port: number, uri: string, calls = 200): Promise<Ringing> {
  return ringingOf(await probe(port, uri, calls, PROBE_EVERY_MS));
}

function ringingOf(times: readonly number[]): Ringing {
  const sorted = times.toSorted((one, other) => one - other);
  return { p50Ms: median(sorted), p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN };
}
