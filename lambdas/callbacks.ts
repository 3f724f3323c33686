/**
 * What each dialect tells customers' servers of events. The function that tells it imports no more of a dialect than this: its
 * API and its documents would be a third of its own code.
 */
import { callback as datatechlabs } from '../dialects/datatechlabs/callbacks.ts';
import type { Callback } from '../dialects/dialect.ts';
import { callback as plivo } from '../dialects/plivo/callbacks.ts';
import { callback as restcomm } from '../dialects/restcomm/callbacks.ts';
import { callback as signalwire } from '../dialects/signalwire/callbacks.ts';

const CALLBACKS: ReadonlyMap<string, Callback> = new Map(
  Object.entries({ datatechlabs, signalwire, restcomm, plivo }),
);

/** @throws Error for a name that no dialect has: a stored name is never made up */
export function callbackOf(dialect: string): Callback {
  const callback = CALLBACKS.get(dialect);
  if (callback === undefined) throw new Error(`There is no dialect called ${dialect}.`);
  return callback;
}
