/** A runtime with handsets on a virtual clock, and a handler whose answers a test writes down. */
import type { ActionData, EventType, SmaEvent } from '../../../sma/contract/event.ts';
import type { HandsetScript } from '../../../sma/network/handset-script.ts';
import { createHandsets, type Handsets } from '../../../sma/network/handsets.ts';
import type { SmaOptions } from '../../../sma/options.ts';
import { seededRandom } from '../../../sma/random.ts';
import { type AudioObject, createSmaRuntime, type SmaRuntime } from '../../../sma/runtime.ts';
import type { TraceEntry } from '../../../sma/trace.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { wavOf } from './wav.ts';

export const SMA_ID = '5f3e6f1e-5a0a-4d3b-9c53-0e1b6a2f7c11';
export const ACCOUNT_NUMBER = '+12025550110';
export const ANSWERS = '+12025550100';
export const BUSY = '+12025550101';
export const NEVER_ANSWERS = '+12025550102';
export const REJECTS = '+12025550103';
export const UNREACHABLE = '+12025550104';
export const PRESSES = '+12025550105';
export const HANGS_UP = '+12025550106';
export const ANSWERS_LATE = '+12025550107';

/** Actions, a whole response, or anything else that a handler might return. */
export type Answer = unknown;
export type Handler = (event: SmaEvent, scene: Scene) => Answer | Promise<Answer>;

export interface SceneSettings {
  options?: Partial<SmaOptions>;
  handsets?: Record<string, HandsetScript>;
  audio?: Record<string, AudioObject>;
  seed?: number;
}

export class Scene {
  readonly clock = new VirtualClock();
  readonly events: SmaEvent[] = [];
  readonly trace: TraceEntry[] = [];
  readonly runtime: SmaRuntime;
  readonly handsets: Handsets;

  constructor(handler: Handler, settings: SceneSettings = {}) {
    const audio: Record<string, AudioObject> = {
      'hello.wav': { bytes: wavOf(2), contentType: 'audio/wav' },
      'sorry.wav': { bytes: wavOf(1), contentType: 'audio/wav' },
      ...settings.audio,
    };
    this.handsets = createHandsets({
      clock: this.clock,
      inbound: (call, line) => this.runtime.inbound(call, line),
      ...(settings.handsets && { scripts: settings.handsets }),
    });
    this.runtime = createSmaRuntime({
      clock: this.clock,
      random: seededRandom(settings.seed ?? 1),
      network: this.handsets.network,
      audio: async (_bucket, key) => audio[key],
      awsAccountId: '111122223333',
      region: 'us-east-1',
      options: { quotas: 'none', ...settings.options },
      onTrace: entry => this.trace.push(entry),
    });
    this.runtime.addApplication({
      sipMediaApplicationId: SMA_ID,
      numbers: Array.from({ length: 10 }, (_, index) => `+1202555011${index}`),
      invoke: async event => {
        this.events.push(event);
        return await handler(event, this);
      },
    });
  }

  /** CreateSipMediaApplicationCall; returns the transaction's id. */
  call(
    to: string,
    more: { ArgumentsMap?: Record<string, string>; SipHeaders?: Record<string, string> } = {},
  ): string {
    const answer = this.runtime.createCall({
      SipMediaApplicationId: SMA_ID,
      FromPhoneNumber: ACCOUNT_NUMBER,
      ToPhoneNumber: to,
      ...more,
    });
    return answer.SipMediaApplicationCall.TransactionId;
  }

  update(transactionId: string, updateArguments: Record<string, string> = {}): void {
    this.runtime.updateCall({
      SipMediaApplicationId: SMA_ID,
      TransactionId: transactionId,
      Arguments: updateArguments,
    });
  }

  advance(seconds: number): Promise<void> {
    return this.clock.advance(seconds * 1_000);
  }

  /** What has been sent, a line for each event, as the reference writes its traces. */
  get told(): string[] {
    return this.events.map(summary);
  }

  get messages(): string[] {
    return this.trace.flatMap(entry =>
      entry.kind === 'service-log' || entry.kind === 'warning' ? [entry.message] : [],
    );
  }
}

/** A response with these actions. */
export const actions = (...list: [string, object?][]): object => ({
  SchemaVersion: '1.0',
  Actions: list.map(([Type, Parameters = {}]) => ({ Type, Parameters })),
});

export const NOTHING = actions();

/** A handler that answers by the event's name, or by its `told` line, or else with no actions. Lists are used up one by one. */
export function script(answers: Record<string, Answer | Answer[]>): Handler {
  const lists = new Map(
    Object.entries(answers).map(([key, answer]) => [key, Array.isArray(answer) ? [...answer] : answer]),
  );
  return event => {
    for (const key of [summary(event), actionSummary(event), event.InvocationEventType]) {
      const answer = lists.get(key);
      if (answer === undefined) continue;
      if (!Array.isArray(answer)) return answer;
      if (answer.length > 0) return answer.shift();
    }
    return NOTHING;
  };
}

/** As in `3 ACTION_FAILED CallAndBridge CallNotAnswered A=Disconnected`. */
export function summary(event: SmaEvent): string {
  const legs = event.CallDetails.Participants.filter(leg => leg.Status !== undefined)
    .map(leg => `${leg.ParticipantTag.slice(-1)}=${leg.Status}`)
    .sort();
  return [event.Sequence, actionSummary(event), ...legs].join(' ');
}

function actionSummary(event: SmaEvent): string {
  const data: Partial<ActionData> = event.ActionData ?? {};
  const { Parameters = {}, ReceivedDigits } = data;
  const isHangup: boolean = (event.InvocationEventType satisfies EventType) === 'HANGUP';
  return [
    event.InvocationEventType,
    isHangup
      ? `(${Parameters['ParticipantTag']},${Parameters['SipResponseCode']})`.replace('LEG-', '')
      : data.Type,
    ReceivedDigits === undefined ? undefined : `"${ReceivedDigits}"`,
    data.ErrorType ?? event.ErrorType,
  ]
    .filter(part => part !== undefined)
    .join(' ');
}

export const pstn = (to: string, more: object = {}): [string, object] => [
  'CallAndBridge',
  {
    CallerIdNumber: ACCOUNT_NUMBER,
    Endpoints: [{ BridgeEndpointType: 'PSTN', Uri: to }],
    ...more,
  },
];

export const audio = (Key: string): object => ({ Type: 'S3', BucketName: 'prompts', Key });
