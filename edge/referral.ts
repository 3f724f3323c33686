/** REFER (RFC 3515): one of two who talk sends the other one on. */
import type { StoredPlan } from '../aws/dial-plans.ts';
import { joinedTarget } from '../core/moving.ts';
import { MAX_SIP_URI_CHARACTERS } from '../core/sip-uri.ts';
import { REFER_TO } from '../sip/header/name-addr.ts';
import type { IncomingReferral } from '../sip/user-agent.ts';
import type { Ledger } from './ledger.ts';
import { errorFields } from './log.ts';
import type { Surroundings } from './surroundings.ts';

/** The leg that it came on. */
export interface ReferringLeg {
  readonly surroundings: Pick<Surroundings, 'plans' | 'log'>;
  readonly ledger: Ledger;
  /** Which of the plan's calls it is. */
  readonly index: number;
}

/** Writes down where to: false if it is too late for that. */
type Note = (referTo: string) => Promise<boolean>;

/** Takes it, or refuses it. True once it is written down where to: then the control plane goes on with it as soon as the leg has ended. */
export async function takeReferral(referral: IncomingReferral, leg: ReferringLeg): Promise<boolean> {
  const { ledger, index, surroundings } = leg;
  const callSid = ledger.calls[index]?.sid ?? ledger.plan.rootSid;
  const failed = (error: unknown): false => {
    surroundings.log('error', 'A transfer could not be taken.', { callSid, ...errorFields(error) });
    return false;
  };
  const note = await noteOf(leg).catch(failed);
  const referTo = addressIn(referral);
  if (!note || referTo === undefined) {
    referral.reject(note === undefined ? 603 : note ? 400 : 503);
    return false;
  }
  referral.accept();
  const isNoted = await note(referTo).catch(failed);
  // RFC 3515 §2.4.5: what became of it, before its leg is gone.
  referral.notify(isNoted ? 200 : 503);
  surroundings.log('info', 'One of two who talk sends the other one on.', { callSid, isNoted });
  return isNoted;
}

/**
 * How it is noted; undefined where the application takes none. Whoever was dialled says it in the report of its bridge. The caller says
 * it beside the report of the bridge that its Dial has made, which another edge may hold.
 */
async function noteOf({ ledger, index, surroundings: { plans } }: ReferringLeg): Promise<Note | undefined> {
  const { kind, takesRefer, rootSid } = ledger.plan;
  if (kind !== 'bridge') {
    const bridge = await plans.openOf(rootSid);
    const isTaken = bridge?.plan.takesRefer && joinedTarget(bridge) !== undefined;
    return isTaken ? referTo => plans.refer(bridge.plan.token, referTo) : undefined;
  }
  if (!takesRefer) return undefined;
  return referTo => {
    ledger.tell(index, undefined, { referTo });
    return ledger.save();
  };
}

/**
 * Whether somebody has sent the other one on, and is still to be hung up: what `takeReferral` has written, as another process of the edge
 * finds it.
 *
 * @param stored of the leg that it came on, whose call has not ended
 * @param index which of that plan's calls it is
 */
export async function hasSentOn(
  { plan, report }: StoredPlan,
  index: number,
  plans: Pick<Surroundings['plans'], 'openOf'>,
): Promise<boolean> {
  if (plan.kind === 'bridge') return report?.branches[index]?.referTo !== undefined;
  const bridge = await plans.openOf(plan.rootSid);
  return bridge?.referTo !== undefined && joinedTarget(bridge) !== undefined;
}

/** The address of Refer-To, without the headers that it asks for; undefined where it is none that could be dialled. */
function addressIn(referral: IncomingReferral): string | undefined {
  const uri = referral.request.headers.read(REFER_TO)?.uri;
  const address = uri?.kind === 'sip' ? uri.with({ headers: [] }) : uri?.kind === 'tel' ? uri : undefined;
  return address === undefined || `${address}`.length > MAX_SIP_URI_CHARACTERS ? undefined : `${address}`;
}
