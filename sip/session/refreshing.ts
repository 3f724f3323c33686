import { readable } from '../header/readable.ts';
import { RETRY_AFTER } from '../header/retry-after.ts';
import type { RefresherDialog } from '../session-timer/refresher.ts';
import type { SessionCore } from './core.ts';
import type { AttemptOutcome, Offering } from './offering.ts';

/** The refreshing side of a session: how its timer sends and what it hears. `end` gives the call up. */
export function refreshing(
  core: SessionCore,
  offering: () => Offering,
  end: (cause: string) => void,
): RefresherDialog {
  return {
    ownsCallId: core.dialog.isUac,
    get peerAllowsUpdate() {
      return core.peerAllows('UPDATE');
    },
    get busy() {
      return core.exchanges.ours() || core.exchanges.theirs('INVITE');
    },
    refresh: method => {
      const { exchange, timer } = core;
      // An offer of the peer that waits for its answer is glare, too: later.
      if (method === 'INVITE' && exchange.state !== 'stable')
        timer.answered({ kind: 'response', status: 491 });
      else
        offering().attempt(method, method === 'INVITE' ? { sdp: exchange.local } : {}, outcome =>
          heard(core, outcome),
        );
    },
    end,
  };
}

function heard({ timer }: SessionCore, outcome: AttemptOutcome): void {
  if (outcome.kind === 'failure') {
    const { kind } = outcome.failure;
    timer.answered({ kind: kind === 'transport-error' ? 'transport-error' : 'timeout' });
    return;
  }
  const { response } = outcome;
  if (response.status === 422) timer.raise(response);
  const retryAfterSeconds = readable(response.headers, RETRY_AFTER)?.seconds;
  timer.answered({ kind: 'response', status: response.status, retryAfterSeconds });
}
