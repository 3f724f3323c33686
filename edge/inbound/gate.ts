import type { Random } from '../../sip/random.ts';
import type { Clock, Doorkeeper } from '../../sip/user-agent.ts';
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
export interface Gate extends Doorkeeper {
  /** Without clients there is none. */
  readonly registrar: ClientRegistrar | undefined;
  /** Without a directory nobody may call. */
  readonly admission: Admission | undefined;
}

export interface GateParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly limits: EdgeLimits;
  readonly isInside: (address: string) => boolean;
  readonly host: () => string;
}

export function openGate(
  { clients, inbound }: Pick<EdgeOptions, 'clients' | 'inbound'>,
  { clock, random, log, limits, isInside, host }: GateParts,
): Gate {
  const guard = new Guard(clock, limits);
  const failed = (address: string) => guard.failed(address);
  const authentication = clients && new ClientAuthentication({ clients, clock, random });
  const trunks = inbound && new TrunkList(inbound, clock);
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
    trusts: isInside,
    refusal(address) {
      if (isInside(address)) return undefined;
      if (guard.isSilent(address)) return 'silence';
      const isAdmitted = guard.admits(address, trunks?.knows(address) ? TRUNK_FACTOR : 1);
      return isAdmitted ? undefined : { retryAfterSeconds: guard.retryAfterSeconds };
    },
  };
}
