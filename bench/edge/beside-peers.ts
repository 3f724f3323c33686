import type { Figure } from '../suite.ts';
import { capacities } from './capacity.ts';
import { withEdge } from './edge-under-test.ts';
import { ALLOCATOR, withKamailio } from './kamailio.ts';
import { type Element, type Measured, measureInTurns, type Ringing, ringing } from './measure.ts';
import { call, wait } from './programs.ts';
import { withSipPackage } from './sip-package.ts';
import { udpEcho } from './udp-echo.ts';

/** What a call may cost beside Kamailio, and what the edge is to carry on one core, */
const TIMES_KAMAILIO = 4;
const CALLS_PER_SECOND = 2_500;
/** where the bare B2BUA carries so many: on another machine, the ratio is what can be held to. */
const BARE_CALLS_PER_SECOND = 1_750;
const TURNS = 3;
/** Cost and latency are taken where nobody is near its end. */
const EASY = { callsPerSecond: 500, calls: 2_000, holdMs: 1_000 } as const;
/** Code is made quick while it runs, that which is wanted most first; and an edge runs for weeks. */
const WARM = { callsPerSecond: 700, calls: 10_000, holdMs: 100 } as const;
const WARM_ROUNDS = 2;
/** Then nothing is left of the calls that made them warm: the longest transactions live for 64·T1, 32 s. */
const REST_MS = 33_000;

const KAMAILIO = `Kamailio, allocator ${ALLOCATOR}`;
const SIP_PACKAGE = 'a bare B2BUA on the npm package sip';

/** Every token has a plan: the user part of the Request-URI is another one for each call. */
export const uriThrough = (port: number): string => `sip:bench[call_number]@127.0.0.1:${port}`;

/** The edge with plans from memory, Kamailio as a stateful proxy that stays in the call, and a B2BUA that does nothing else. */
export async function besidePeers(target: number): Promise<Figure[]> {
  const direct = `sip:bench@127.0.0.1:${target}`;
  const none = await ringing(target, direct);
  const echo = await udpEcho();
  return withKamailio((kamailioPort, kamailioPid) =>
    withSipPackage(target, (packagePort, packagePid) =>
      withEdge({ TARGET_PORT: String(target) }, async ({ port, pid }) => {
        const ours: Element = { port, pid, uri: uriThrough(port) };
        const kamailio: Element = { port: kamailioPort, pid: kamailioPid, uri: direct };
        const bare: Element = { port: packagePort, pid: packagePid, uri: uriThrough(packagePort) };
        for (let round = 0; round < WARM_ROUNDS; round++)
          for (const { port, uri } of [ours, bare]) await call({ port, uri, ...WARM });
        await wait(REST_MS);
        const measured = await measureInTurns([ours, kamailio, bare], EASY, TURNS);
        const [us, proxy, b2bua] = measured as [Measured, Measured, Measured];
        const [carried, bareCarries] = (await capacities([ours, bare])) as [number, number];
        const capacity = 'calls a second on one core with none failed or put off';
        const cost = 'processor time a call (INVITE, 180, 200, ACK, BYE)';
        const added = (what: string, key: keyof Ringing): Figure => ({
          what: `INVITE to 180, added to the ${none[key].toFixed(2)} ms with nobody between, ${what}`,
          value: us.ringing[key] - none[key],
          unit: 'ms',
          beside: { what: KAMAILIO, value: proxy.ringing[key] - none[key] },
        });
        return [
          {
            what: `calls that failed of ${TURNS * EASY.calls}, ${EASY.callsPerSecond} a second`,
            value: us.failed,
            unit: 'calls',
            target: { atMost: 0 },
          },
          {
            what: cost,
            value: us.cpuMicroseconds,
            unit: 'µs',
            target: { timesAtMost: TIMES_KAMAILIO },
            beside: { what: KAMAILIO, value: proxy.cpuMicroseconds },
          },
          {
            what: cost,
            value: us.cpuMicroseconds,
            unit: 'µs',
            beside: { what: SIP_PACKAGE, value: b2bua.cpuMicroseconds },
          },
          {
            what: 'processor time of a UDP message that Node sends back (some 8 where the target was set)',
            value: echo,
            unit: 'µs',
          },
          added('median', 'p50Ms'),
          added('99 of 100', 'p99Ms'),
          {
            what: capacity,
            value: carried,
            unit: '/s',
            target: { timesAtLeast: CALLS_PER_SECOND / BARE_CALLS_PER_SECOND },
            beside: { what: SIP_PACKAGE, value: bareCarries },
          },
          {
            what: `${capacity}, whatever the machine`,
            value: carried,
            unit: '/s',
            target: { atLeast: CALLS_PER_SECOND },
          },
        ];
      }),
    ),
  );
}
