/**
 * What each dialect says to customers' servers. Functions that serve no API import no more of a dialect than this: the
 * schemas of its API requests would be a seventh of their cold start.
 */
import { webhooks as datatechlabs } from '../dialects/datatechlabs/webhooks.ts';
import type { Webhooks } from '../dialects/dialect.ts';
import { webhooks as plivo } from '../dialects/plivo/webhooks.ts';
import { webhooks as restcomm } from '../dialects/restcomm/webhooks.ts';
import { webhooks as signalwire } from '../dialects/signalwire/webhooks.ts';

const WEBHOOKS: readonly Webhooks[] = [datatechlabs, signalwire, restcomm, plivo];

/** Throws for a name that no dialect has: a stored name is never made up. */
export function webhooksOf(dialect: string): Webhooks {
  const webhooks = WEBHOOKS.find(({ name }) => name === dialect);
  if (webhooks === undefined) throw new Error(`There is no dialect called ${dialect}.`);
  return webhooks;
}
