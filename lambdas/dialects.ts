/** The dialects that this deployment speaks. */
import { datatechlabs } from '../dialects/datatechlabs/index.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { signalwire } from '../dialects/signalwire/index.ts';

export const DIALECTS: readonly Dialect[] = [datatechlabs, signalwire];
