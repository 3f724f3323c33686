import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { errorFields, type Log } from './log.ts';

/** What becomes of a message: `again` leaves it in its queue, and it comes when it has been held back for as long as was said. */
export type Seen = 'done' | 'again';

/**
 * Sees to each message of a batch by itself: one that fails is left in the queue as well, and holds up no other. `fault` is what the log
 * says of it.
 */
export async function seeToEach(
  { Records }: SQSEvent,
  seeTo: (record: SQSRecord) => Promise<Seen>,
  { log, fault }: { log: Log; fault: string },
): Promise<SQSBatchResponse> {
  const outcomes = await Promise.allSettled(Records.map(seeTo));
  const again = Records.filter(({ messageId }, index) => {
    const outcome = outcomes[index];
    if (outcome?.status === 'rejected') log('error', fault, { messageId, ...errorFields(outcome.reason) });
    return outcome?.status !== 'fulfilled' || outcome.value === 'again';
  });
  return { batchItemFailures: again.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
