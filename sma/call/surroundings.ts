import type { Clock } from '../clock.ts';
import type { Media } from '../media/media.ts';
import type { Line, LineEvents, OutgoingCall } from '../network/phone-network.ts';
import type { SmaOptions } from '../options.ts';
import type { LegCount } from '../quotas.ts';
import type { Random } from '../random.ts';
import type { AudioSource, LegMediaReport } from '../runtime.ts';
import type { CallTrace } from '../trace.ts';
import type { Transaction } from './transaction.ts';

/** What a call gets from the runtime around it. */
export interface CallSurroundings {
  clock: Clock;
  random: Random;
  options: SmaOptions;
  media: Media;
  audio: AudioSource;
  legCount: LegCount;
  account: { AwsAccountId: string; AwsRegion: string };
  dial(call: OutgoingCall, events: LineEvents): Line;
  ownsNumber(number: string): boolean;
  trace(transactionId: string, entry: CallTrace): void;
  /** A leg that had sound has ended. */
  legMedia(report: Omit<LegMediaReport, 'sipMediaApplicationId'>): void;
  /** Before anything is told of the call. */
  onBegin(transaction: Transaction): void;
  /** The call's last event has been dealt with, or there will be none. */
  onOver(transaction: Transaction): void;
}
