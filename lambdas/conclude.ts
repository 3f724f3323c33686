/**
 * What becomes of calls without the voice service telling of it: never placed, refused, lost, or the SIP edge's to place. The events lie in the session
 * until they are published, so whoever comes again after a crash finds them.
 */
import type { Bus } from '../aws/bus.ts';
import type { Sessions, StoredSession } from '../aws/sessions.ts';
import { advance, type Happening } from '../core/advance.ts';
import type { Session } from '../core/session.ts';
import type { EdgeLink } from './edge-link.ts';

export interface Conclusion {
  /** Carries the happening out, saves and publishes. Throws Conflict when the session has been written since. */
  conclude(stored: StoredSession, happening: Happening): Promise<Session>;
  /** Publishes again what the last conclusion had to say, in case that it did not get to it. */
  retell(stored: StoredSession): Promise<void>;
}

export function createConclusion(sessions: Sessions, bus: Bus, edge: EdgeLink): Conclusion {
  return {
    async conclude(stored, happening) {
      const { surroundings, settle } = await edge.about(stored.session);
      const step = advance(stored.session, { ...happening, ...surroundings });
      const { session, events: latest } = step;
      await settle(step, happening.nowMs);
      // A call is lost when its handler ended too often over one event: what that came to may not have been told.
      const untold = happening.kind === 'lost' ? (stored.handled?.events ?? []) : [];
      const events = [...(stored.outbox ?? []), ...untold, ...latest];
      await sessions.save({ ...stored, session, outbox: events }, happening.nowMs);
      await bus.publish(events);
      return session;
    },

    async retell({ outbox = [] }) {
      await bus.publish(outbox);
    },
  };
}
