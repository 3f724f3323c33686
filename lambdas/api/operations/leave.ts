import { VoiceBusy, VoiceCallGone, VoiceUnclear } from '../../../aws/voice.ts';
import type { LeftChange } from '../../../core/operation.ts';
import { Problem } from '../../../core/problem.ts';
import type { Session } from '../../../core/session.ts';
import type { Tools } from './operation.ts';

const COMMAND_ID_BYTES = 16;

/**
 * Leaves a change where the session's next event will find it, and makes that event happen. `callSid`: whose change it is, where that
 * is not the root call's. Throws Problem `call-over`, `too-many-requests`.
 */
export async function leave(
  { sid, transactionId, calls: [root] }: Session,
  change: LeftChange,
  { commands, voice, clock, random }: Pick<Tools, 'commands' | 'voice' | 'clock' | 'random'>,
  callSid = root?.sid ?? sid,
): Promise<void> {
  if (transactionId === undefined)
    throw new Problem('wrong-state', 'The call is just being taken over. Try again in a moment.');
  const id = Buffer.from(random.bytes(COMMAND_ID_BYTES)).toString('hex');
  await commands.put(sid, id, { callSid, change }, clock.now());
  try {
    await voice.updateCall(transactionId, { command: id });
  } catch (error) {
    if (error instanceof VoiceCallGone) {
      throw new Problem('call-over', 'The call has just ended and cannot be changed.', { cause: error });
    }
    if (error instanceof VoiceBusy || error instanceof VoiceUnclear) {
      throw new Problem(
        'too-many-requests',
        'The voice service takes 5 changes a second. Try again in a moment.',
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}
