import type { BusEvent } from '../../../../aws/bus.ts';
import type { StoredPlan } from '../../../../aws/dial-plans.ts';
import type { Call } from '../../../../core/call.ts';
import type { DialPlan } from '../../../../core/dial-plan.ts';
import type { CallEvent } from '../../../../core/event.ts';
import type { SipTarget } from '../../../../core/sip-target.ts';
import { createEdge, type Edge, type EdgeOptions } from '../../../../edge/edge.ts';
import { type Clock, tcp, tls, udp } from '../../../../sip/user-agent.ts';
import { MemoryPlans } from '../../../edge/support/memory-plans.ts';
import { wait } from '../../support/agents.ts';
import type { Certificate } from '../../support/certificate.ts';

const address = '127.0.0.1';
export const TOKEN = 'abcdefghijklmnopqrstuvwx';
const ROOT = `CA${'0'.repeat(32)}`;

export interface EdgeSideOptions extends Partial<EdgeOptions> {
  readonly certificate?: Certificate | undefined;
}

/** A plan as the control plane leaves it, for targets that were said in short. */
export function planFor(
  targets: readonly Partial<SipTarget>[],
  plan: Partial<DialPlan>,
  nowMs: number,
): DialPlan {
  return {
    token: TOKEN,
    kind: 'bridge',
    accountSid: 'AC1',
    dialect: 'signalwire',
    rootSid: ROOT,
    calls: targets.map((_, index) => announced(index)),
    targets: targets.map(target => ({
      kind: 'sip',
      uri: 'sip:nobody@127.0.0.1:9',
      transport: 'udp',
      headers: [],
      codecs: ['PCMU', 'PCMA'],
      ...target,
    })),
    callerId: '+15550100',
    ringTimeoutSeconds: 30,
    timeLimitSeconds: 14_400,
    hangupOnStar: false,
    expiresAtMs: nowMs + 60_000,
    ...plan,
  };
}

const announced = (index: number): Call => ({
  sid: ROOT.slice(0, -4) + (index + 1).toString(16).padStart(4, '0'),
  parentSid: ROOT,
  direction: 'outbound-dial',
  to: 'sip:target',
  from: '+15550100',
  status: 'initiated',
  createdAtMs: 0,
  updatedAtMs: 0,
  startedAtMs: 0,
  nextEvent: 1,
  nextCallback: 1,
});

/** An edge on this machine's loopback, between two worlds of real programs. */
export class EdgeSide {
  readonly plans = new MemoryPlans();
  readonly events: CallEvent[] = [];
  readonly #clock: Clock | undefined;
  readonly #edge: Edge;
  readonly ports: { readonly UDP: number; readonly TCP: number };

  private constructor(edge: Edge, ports: EdgeSide['ports'], clock: Clock | undefined) {
    this.#edge = edge;
    this.ports = ports;
    this.#clock = clock;
  }

  static async run(
    { certificate, ...options }: EdgeSideOptions,
    work: (side: EdgeSide) => Promise<void>,
  ): Promise<void> {
    const inside = { UDP: udp({ address }), TCP: tcp({ address }) };
    const secured =
      certificate &&
      tls({
        address,
        key: certificate.key,
        certificate: certificate.certificate,
        authorities: [certificate.certificate],
      });
    // The parts of the edge look things up in the side, and the side needs the edge.
    const late: { side?: EdgeSide } = {};
    const side = () => late.side as EdgeSide;
    const edge = createEdge({
      name: 'edge-1',
      plans: {
        put: (plan, _nowMs, edgeName) => side().plans.put(plan, 0, edgeName),
        get: token => side().plans.get(token),
        openOf: sid => side().plans.openOf(sid),
        refer: (token, referTo) => side().plans.refer(token, referTo),
        claim: (token, name, nowMs) => side().plans.claim(token, name, nowMs),
        report: (token, version, report) => side().plans.report(token, version, report),
      },
      bus: {
        async publish(events: readonly BusEvent[]) {
          side().events.push(...(structuredClone(events) as CallEvent[]));
        },
      },
      unseal: async ({ ciphertext }) => Buffer.from(ciphertext, 'base64').toString(),
      inside: [inside.UDP, inside.TCP],
      outside: [udp({ address }), tcp({ address }), ...(secured ? [secured] : [])],
      insideNetworks: ['127.0.0.0/8'],
      targets: { refusal: () => undefined },
      ...options,
    });
    await edge.start();
    late.side = new EdgeSide(edge, { UDP: inside.UDP.local.port, TCP: inside.TCP.local.port }, options.clock);
    try {
      await work(late.side);
    } finally {
      await edge.stop();
    }
  }

  async plan(targets: readonly Partial<SipTarget>[], plan: Partial<DialPlan> = {}): Promise<void> {
    await this.plans.put(planFor(targets, plan, (this.#clock ?? { now: () => Date.now() }).now()));
  }

  /** Resolves when every dial is over and all of it told. @throws after three seconds */
  async idle(): Promise<void> {
    for (let tries = 0; this.#edge.calls > 0; tries++) {
      if (tries > 60) throw new Error(`The edge still has ${this.#edge.calls} dials in hand.`);
      await wait(50);
    }
  }

  /** What each branch went through: `ringing answered completed`, `ringing canceled`, `busy`. */
  get stories(): string[] {
    const stored = this.stored;
    return stored.plan.calls.map(({ sid }) =>
      this.events
        .filter(({ detail }) => detail.call.sid === sid)
        .map(({ type, detail }) => {
          const word = type.replace('Call ', '').toLowerCase();
          return word === 'completed' ? detail.call.status : word;
        })
        .join(' '),
    );
  }

  get stored(): StoredPlan {
    const [stored] = this.plans.items.values();
    if (stored === undefined) throw new Error('There is no plan.');
    return stored;
  }

  get codes(): (number | undefined)[] {
    return this.stored.report?.branches.map(({ sipCode }) => sipCode) ?? [];
  }
}
