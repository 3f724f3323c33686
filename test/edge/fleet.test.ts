import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ABSENT_AFTER_MS,
  createEdgeRoster,
  type EdgeRoster,
  type RunningEdge,
} from '../../aws/edge-roster.ts';
import { createTable } from '../../aws/table.ts';
import { FleetMember } from '../../edge/process/fleet.ts';
import type { RestBounds } from '../../edge/process/settings.ts';
import { type LocalAws, startLocalAws } from '../lambdas/local-aws.ts';

let aws: LocalAws;
let roster: EdgeRoster;
let nowMs = 1_000_000_000;
/** What the connectors were told last: each edge, with a star where calls are led to it. */
let told: string[];

beforeAll(async () => {
  aws = await startLocalAws();
  roster = createEdgeRoster(createTable(aws.env));
});
afterAll(() => aws.close());
beforeEach(() => {
  // The edges of the test before are long gone.
  nowMs += 2 * ABSENT_AFTER_MS;
  told = [];
});

const asTold = (running: readonly RunningEdge[]) =>
  running.map(({ name, takesCalls }) => `${name}${takesCalls ? '*' : ''}`);

function member(place: number, rest?: RestBounds, tell = async (_: readonly RunningEdge[]) => {}) {
  const load = { calls: 0 };
  const fleet = new FleetMember({
    roster,
    now: () => nowMs,
    self: () => ({
      name: `edge-${place}`,
      address: `192.0.2.${place}`,
      sipPort: 5050 + 10 * place,
      calls: load.calls,
    }),
    rest,
    tell: async running => {
      await tell(running);
      told = asTold(running);
    },
  });
  return { fleet, load };
}

async function running(...edges: { fleet: FleetMember }[]): Promise<void> {
  for (const { fleet } of edges) {
    await fleet.join();
    await fleet.open();
  }
}

describe('An edge among others', () => {
  it('has its calls taken before it listens, and calls led to it from then on', async () => {
    const { fleet } = member(1);
    await fleet.join();
    expect(told).toEqual(['edge-1']);
    await fleet.open();
    expect(told).toEqual(['edge-1*']);
    expect(await roster.running(nowMs)).toEqual([
      { name: 'edge-1', address: '192.0.2.1', sipPort: 5060, calls: 0, takesCalls: true, seenAtMs: nowMs },
    ]);
  });

  it('has no calls led to it when it drains, and is taken off when it has stopped', async () => {
    const [first, second] = [member(1), member(2)];
    await running(first, second);
    await second.fleet.close();
    expect(told).toEqual(['edge-1*', 'edge-2']);
    await second.fleet.leave();
    expect(told).toEqual(['edge-1*']);
  });

  it('is left out by the others once it has not been heard of for three minutes', async () => {
    const [first, killed] = [member(1), member(2)];
    await running(first, killed);
    nowMs += ABSENT_AFTER_MS - 1;
    await first.fleet.look();
    expect(told).toEqual(['edge-1*', 'edge-2*']);
    nowMs += 1;
    await first.fleet.look();
    expect(told).toEqual(['edge-1*']);
  });

  it('tells again when another one comes while it tells', async () => {
    const second = member(2);
    let isFirst = true;
    const first = member(1, undefined, async () => {
      if (!isFirst) return;
      isFirst = false;
      await second.fleet.join();
    });
    await first.fleet.join();
    expect(told).toEqual(['edge-1', 'edge-2']);
  });

  it('throws what the connectors throw', async () => {
    const { fleet } = member(1, undefined, () => Promise.reject(new Error('Not now.')));
    await expect(fleet.join()).rejects.toThrow('Not now.');
  });
});

describe('An edge that may rest', () => {
  const bounds = { belowCalls: 50, aboveCalls: 100 };

  /** Two edges with so many calls each, a minute later. */
  async function looks(first: number, second: number, pair: ReturnType<typeof member>[]): Promise<boolean> {
    const [one, two] = pair as [ReturnType<typeof member>, ReturnType<typeof member>];
    one.load.calls = first;
    two.load.calls = second;
    nowMs += 60_000;
    await one.fleet.look();
    await two.fleet.look();
    expect(told).toEqual(['edge-1*', two.fleet.isResting ? 'edge-2' : 'edge-2*']);
    return two.fleet.isResting;
  }

  it.each([
    [30, 19, true],
    [30, 20, false],
    [0, 50, false],
    [0, 49, true],
  ])('with %i calls elsewhere and %i of its own: %s', async (first, second, rests) => {
    const pair = [member(1), member(2, bounds)];
    await running(...pair);
    expect(await looks(first, second, pair)).toBe(rests);
  });

  it('takes calls again when all have more than those that brought it in, and not before', async () => {
    const pair = [member(1), member(2, bounds)];
    await running(...pair);
    expect(await looks(10, 1, pair)).toBe(true);
    expect(await looks(100, 0, pair)).toBe(true);
    expect(await looks(101, 0, pair)).toBe(false);
    expect(await looks(50, 0, pair)).toBe(false);
  });

  it('does not count an edge that is gone', async () => {
    const [first, second] = [member(1), member(2, bounds)];
    first.load.calls = 100;
    await running(first, second);
    nowMs += ABSENT_AFTER_MS;
    await second.fleet.look();
    expect(second.fleet.isResting).toBe(true);
  });

  it('without bounds never rests', async () => {
    const only = member(1);
    await running(only);
    await only.fleet.look();
    expect(told).toEqual(['edge-1*']);
  });
});
