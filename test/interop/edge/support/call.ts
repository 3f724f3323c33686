import { expect } from 'vitest';
import type { DialPlan } from '../../../../core/dial-plan.ts';
import type { SipTarget } from '../../../../core/sip-target.ts';
import { reachedAt, towardsSipp } from '../../sipp/line.ts';
import { type Sipp, type SippTransport, withSipp } from '../../sipp/run.ts';
import type { Step } from '../../sipp/scenario.ts';
import type { Certificate } from '../../support/certificate.ts';
import { EdgeSide, type EdgeSideOptions, TOKEN } from './edge.ts';

/** A target of the dial: SIPp with these steps, called as the plan says. */
export interface Callee {
  readonly steps: readonly Step[];
  readonly transport?: SippTransport;
  readonly target?: Partial<SipTarget>;
}

/** One call through the edge, with SIPp at both ends. */
export interface EdgeCase {
  readonly name: string;
  readonly caller: readonly Step[];
  readonly callerSpeaks?: 'UDP' | 'TCP';
  readonly callees: readonly Callee[];
  /** Targets besides those that nobody is at. */
  readonly others?: readonly Partial<SipTarget>[];
  readonly plan?: Partial<DialPlan>;
  readonly edge?: EdgeSideOptions;
  /** What each branch went through, in the order of the targets. */
  readonly stories: readonly string[];
  /** Final codes of the branches, in the order of the targets. */
  readonly codes?: readonly number[];
  /** Looks at what went over the wires, and at what the edge has told. */
  readonly assess?: (seen: Seen) => void;
}

export interface Seen {
  readonly side: EdgeSide;
  /** All messages that the callees sent and received, by their order. */
  readonly callees: readonly string[];
  readonly caller: string;
}

/** The steps of an inside caller: the token is the user of its Request-URI, and it speaks what a Voice Connector does. */
export const asConnector = (steps: readonly Step[], token = TOKEN): Step[] =>
  steps.map(step =>
    step
      .replaceAll('sip:sut@', `sip:${token}@`)
      .replaceAll(
        'm=audio 6000 RTP/AVP 0\na=rtpmap:0 PCMU/8000',
        'm=audio 6000 RTP/AVP 0 101\na=rtpmap:0 PCMU/8000\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15',
      ),
  );

interface Ringing {
  readonly sipp: Sipp;
  readonly target: Partial<SipTarget>;
}

/** Starts SIPp for every callee, one within the other, and then `work`. */
export async function withCallees(
  callees: readonly Callee[],
  certificate: Certificate | undefined,
  work: (ringing: readonly Ringing[]) => Promise<void>,
  started: readonly Ringing[] = [],
): Promise<void> {
  const [callee, ...rest] = callees;
  if (callee === undefined) return work(started);
  const { steps, transport = 'UDP', target = {} } = callee;
  const line = { transport, certificate: certificate as Certificate };
  const reached = await reachedAt(line);
  await withSipp({ steps, transport, contactPort: reached }, undefined, sipp =>
    towardsSipp(line, reached, sipp.port, async port => {
      const uri = `sip:sipp@127.0.0.1:${port}`;
      const called = {
        uri,
        transport: transport.toLowerCase() as SipTarget['transport'],
        ...target,
      };
      await withCallees(rest, certificate, work, [...started, { sipp, target: called }]);
      await sipp.done;
    }),
  );
}

/** Makes the call, and holds it against what was to be. */
export async function throughTheEdge(one: EdgeCase): Promise<void> {
  const { callerSpeaks = 'UDP', callees, others = [], plan } = one;
  await EdgeSide.run(one.edge ?? {}, side =>
    withCallees(callees, one.edge?.certificate, async ringing => {
      await side.plan([...ringing.map(({ target }) => target), ...others], plan);
      const peer = `127.0.0.1:${side.ports[callerSpeaks]}`;
      await withSipp({ steps: asConnector(one.caller), transport: callerSpeaks }, peer, async caller => {
        await Promise.all([caller.done, ...ringing.map(({ sipp }) => sipp.done)]);
        await side.idle();
        expect(side.stories).toEqual(one.stories);
        if (one.codes) expect(side.codes).toEqual(one.codes);
        one.assess?.({
          side,
          caller: caller.messages(),
          callees: ringing.map(({ sipp }) => sipp.messages()),
        });
      });
    }),
  );
}
