import type { Random } from '../../sip/random.ts';
import type { Clock } from '../../sip/user-agent.ts';
import { ClientAuthentication } from '../clients/authentication.ts';
import { ClientRegistrar } from '../clients/client-registrar.ts';
import { type EdgeLimits, Guard } from '../guard.ts';
import type { Log } from '../log.ts';
import type { EdgeOptions } from '../options.ts';
import { Admission } from './admission.ts';
import { TrunkList } from './trunk-list.ts';

/** A trunk's address carries the calls of many. */
const TRUNK_FACTOR = 10;

/** Where those come in who are not the voice service: the accounts' clients, and trunks. */
export interface Gate {
  /** Without clients there is none. */
  readonly registrar: ClientRegistrar | undefined;
  /** Without a directory nobody may call. */
  readonly admission: Admission | undefined;
  /** Whether a request of this address may be served; asked once for each. */
  admits(address: string): boolean;
}

export interface GateParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly guard: Guard;
  readonly limits: EdgeLimits;
  readonly host: () => string;
}

export function openGate(
  { clients, inbound }: Pick<EdgeOptions, 'clients' | 'inbound'>,
  { clock, random, log, guard, limits, host }: GateParts,
): Gate {
  const failed = (address: string) => guard.failed(address);
  const authentication = clients && new ClientAuthentication({ clients, clock, random });
  const trunks = inbound && new TrunkList(inbound, clock);
  const trunkGuard = new Guard(clock, {
    ...limits,
    requestsPerSecond: limits.requestsPerSecond * TRUNK_FACTOR,
    burst: limits.burst * TRUNK_FACTOR,
  });
  return {
    registrar:
      clients && authentication && new ClientRegistrar({ clients, authentication, clock, log, failed }),
    admission:
      inbound &&
      trunks &&
      new Admission({
        directory: inbound,
        trunks,
        clients: clients && authentication && { store: clients, authentication },
        failed,
        host,
      }),
    admits: address => (trunks?.knows(address) ? trunkGuard : guard).admits(address),
  };
}
