/** The voice service's wire, for those parts of the control plane that carry it and do not read it. */
export type { SmaResponse } from '../sma/contract/action.ts';
export { type EventType, SCHEMA_VERSION, type SmaEvent } from '../sma/contract/event.ts';
export { INVOCATION_RETRY_MS } from '../sma/contract/limits.ts';
