import type { Bus } from '../../../aws/bus.ts';
import type { EdgeOptions } from '../../../edge/edge.ts';
import type { Journal } from '../../../edge/journal.ts';
import type { Transport } from '../../../sip/transport/transport.ts';
import { type EdgeStage, INSIDE, OUTSIDE } from './edge-stage.ts';

/** An edge that can be killed: from then on it reaches nothing and nobody reaches it. */
export async function killable(
  stage: EdgeStage,
  more: Partial<EdgeOptions> = {},
): Promise<() => Promise<void>> {
  let dead = false;
  const never = new Promise<never>(() => {});
  const mortal = <T extends object>(part: T): T =>
    new Proxy(part, {
      get(target, name) {
        const value = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => (dead ? never : value.apply(target, args));
      },
    });
  const transports: Transport[] = [stage.network.transport(INSIDE), stage.network.transport(OUTSIDE)];
  const silent = (transport: Transport): Transport => ({
    protocol: transport.protocol,
    local: transport.local,
    listen: receiver => transport.listen(receiver),
    flowTo: async target => {
      const flow = await transport.flowTo(target);
      return { ...flow, send: bytes => (dead ? undefined : flow.send(bytes)) };
    },
    close: () => transport.close(),
  });
  stage.edge = await stage.startEdge({
    plans: mortal(stage.plans),
    bus: mortal(stage.bus) as Bus,
    journal: mortal(stage.journal) as Journal,
    inside: [silent(transports[0] as Transport)],
    outside: [silent(transports[1] as Transport)],
    ...more,
  });
  return async () => {
    dead = true;
    for (const transport of transports) await transport.close();
  };
}
