import type { Environment } from '../aws/clients.ts';
import type { Random } from '../core/random.ts';
import type { HandsetScript } from '../sma/network/handset-script.ts';
import type { SmaOptions } from '../sma/options.ts';
import type { PlatformClock } from './clock/platform-clock.ts';
import type { FunctionFactory, FunctionName } from './functions.ts';
import type { PlatformLog } from './log.ts';

/** How a platform can differ from what `npm start` runs. */
export interface PlatformOptions {
  /** Port of the HTTP API on 127.0.0.1; 0 (the default) for any that is free. */
  apiPort?: number;
  /** `AC` and 32 hex digits; made up when left out. */
  accountSid?: string;
  /** Made up when left out. */
  authToken?: string;
  /** Calls that the account may place in a second; 1, the voice service's own default, when left out. */
  callsPerSecond?: number;
  /** Real time by default; `new EagerClock()` for tests. The platform closes it when it is closed itself. */
  clock?: PlatformClock;
  /** Where all ids and everything else that is random comes from. */
  random?: Random;
  /**
   * Port of the SIP edge's listener on 127.0.0.1, 0 for any that is free. Without it there is no SIP edge; it has real
   * sockets, and wants real time.
   */
  sipPort?: number;
  /** Behaviour of the voice service, quotas included. */
  sma?: Partial<SmaOptions>;
  /** Which virtual phones there are, and how they behave. */
  handsets?: Readonly<Record<string, HandsetScript>>;
  /** Added to every function's environment, for example `LOG_LEVEL`. */
  env?: Environment;
  /** Stand-ins for deployed functions. */
  functions?: Partial<Record<FunctionName, FunctionFactory>>;
  /** Told what goes wrong inside; JSON lines on standard error by default. */
  log?: PlatformLog;
}
