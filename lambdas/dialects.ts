/** The dialects that this deployment speaks. */
import { datatechlabs } from '../dialects/datatechlabs/index.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { signalwire } from '../dialects/signalwire/index.ts';

export const DIALECTS: readonly Dialect[] = [datatechlabs, signalwire];

/** Throws for a name that no dialect has: a stored name is never made up. */
export function dialectNamed(name: string): Dialect {
  const dialect = DIALECTS.find(each => each.name === name);
  if (dialect === undefined) throw new Error(`There is no dialect called ${name}.`);
  return dialect;
}
