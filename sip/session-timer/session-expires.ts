import { Params } from '../grammar/params.ts';
import { HeaderType } from '../header/type.ts';

/** Who refreshes, as a role in the transaction that says it, not in the call (RFC 4028 §4). */
export type RefresherRole = 'uac' | 'uas';

/** A Session-Expires value (RFC 4028 §4). */
export class SessionExpires {
  readonly seconds: number;
  readonly refresher: RefresherRole | undefined;

  constructor(seconds: number, refresher?: RefresherRole) {
    this.seconds = seconds;
    this.refresher = refresher;
  }

  toString(): string {
    return this.refresher === undefined ? `${this.seconds}` : `${this.seconds};refresher=${this.refresher}`;
  }
}

const LONGEST_SECONDS = 2 ** 32 - 1;

/** Session-Expires, compact form `x`. An unknown refresher reads as none. */
export const SESSION_EXPIRES = new HeaderType('Session-Expires', scanner => {
  const seconds = scanner.integer('The session interval', LONGEST_SECONDS);
  const role = Params.read(scanner).get('refresher')?.toLowerCase();
  return new SessionExpires(seconds, role === 'uac' || role === 'uas' ? role : undefined);
});

/** Min-SE (RFC 4028 §5), seconds. */
export const MIN_SE = new HeaderType('Min-SE', scanner => {
  const seconds = scanner.integer('The minimum session interval', LONGEST_SECONDS);
  Params.read(scanner);
  return seconds;
});
