import type { EventType } from '../contract/event.ts';

export interface EventRule {
  /** Whether participants carry `Status`. */
  status: boolean;
  /** What becomes of the actions in the answer. Attributes are stored either way. */
  actions: 'run' | 'ignored';
  /** Whether those actions cut an interruptible action that is running (§5.4: only those of an update). */
  interrupts?: true;
}

/** What the service does with the answer to each event. */
export const EVENT_RULES: Readonly<Record<EventType, EventRule>> = {
  NEW_INBOUND_CALL: { status: false, actions: 'run' },
  NEW_OUTBOUND_CALL: { status: false, actions: 'ignored' },
  RINGING: { status: false, actions: 'ignored' },
  CALL_ANSWERED: { status: true, actions: 'run' },
  ACTION_SUCCESSFUL: { status: true, actions: 'run' },
  ACTION_FAILED: { status: true, actions: 'run' },
  ACTION_INTERRUPTED: { status: true, actions: 'ignored' },
  CALL_UPDATE_REQUESTED: { status: true, actions: 'run', interrupts: true },
  DIGITS_RECEIVED: { status: true, actions: 'run' },
  HANGUP: { status: true, actions: 'run' },
  INVALID_LAMBDA_RESPONSE: { status: true, actions: 'run' },
};
