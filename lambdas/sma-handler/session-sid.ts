import { callSidOfTransaction } from '../../core/sid.ts';
import type { SmaEvent } from '../../core/wire.ts';

/**
 * Which session an event belongs to: the transaction's attributes say so from its first answer on. Before that, a call
 * that we placed carries it in its arguments, and a call that came in is named after its transaction.
 */
export function sessionSid({
  InvocationEventType: type,
  ActionData,
  CallDetails,
}: SmaEvent): string | undefined {
  const named = CallDetails.TransactionAttributes?.['callSid'];
  if (named !== undefined) return named;
  if (type === 'NEW_OUTBOUND_CALL') {
    const { callSid } = (ActionData?.Parameters?.['Arguments'] ?? {}) as Record<string, string>;
    return callSid;
  }
  return callSidOfTransaction(CallDetails.TransactionId);
}
