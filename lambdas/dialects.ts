/** The APIs that this deployment serves: the dialects, and its own. */
import { datatechlabs } from '../dialects/datatechlabs/index.ts';
import type { HttpApi } from '../dialects/dialect.ts';
import { dialplane } from '../dialects/dialplane/index.ts';
import { plivo } from '../dialects/plivo/index.ts';
import { restcomm } from '../dialects/restcomm/index.ts';
import { signalwire } from '../dialects/signalwire/index.ts';

export const DIALECTS: readonly HttpApi[] = [datatechlabs, signalwire, restcomm, plivo, dialplane];
