/** What the Lambda function tells the voice service to do: a list of actions. Names and parameters are the service's own. */

export interface S3Audio {
  Type: 'S3';
  BucketName: string;
  Key: string;
}

/** Which leg an action is for. `CallId` wins over the tag; without either it is the leg that the event was about. */
export interface LegSelector {
  CallId?: string;
  ParticipantTag?: 'LEG-A' | 'LEG-B';
}

export interface CallAndBridgeParameters {
  CallTimeoutSeconds?: number;
  CallerIdNumber: string;
  RingbackTone?: S3Audio;
  Endpoints: { BridgeEndpointType: 'PSTN' | 'AWS'; Arn?: string; Uri: string }[];
  SipHeaders?: Record<string, string>;
}

export interface HangupParameters extends LegSelector {
  SipResponseCode?: number | string;
}

export interface PauseParameters extends LegSelector {
  DurationInMilliseconds: number | string;
}

export interface PlayAudioParameters extends LegSelector {
  AudioSource: S3Audio;
  PlaybackTerminators?: string[];
  Repeat?: number | string;
}

export interface SpeechParameters {
  Text: string;
  Engine?: 'standard' | 'neural';
  LanguageCode?: string;
  TextType?: 'text' | 'ssml';
  VoiceId?: string;
}

export interface SpeakParameters extends LegSelector, SpeechParameters {}

export interface SendDigitsParameters extends LegSelector {
  Digits: string;
  ToneDurationInMilliseconds?: number | string;
}

export interface DigitCollection {
  InputDigitsRegex?: string;
  MinNumberOfDigits?: number | string;
  MaxNumberOfDigits?: number | string;
  TerminatorDigits?: string[];
  InBetweenDigitsDurationInMilliseconds?: number | string;
  Repeat?: number | string;
  RepeatDurationInMilliseconds: number | string;
}

export interface SpeakAndGetDigitsParameters extends LegSelector, DigitCollection {
  SpeechParameters: SpeechParameters;
  FailureSpeechParameters?: SpeechParameters;
}

export interface PlayAudioAndGetDigitsParameters extends LegSelector, DigitCollection {
  AudioSource: S3Audio;
  FailureAudioSource: S3Audio;
}

export interface ReceiveDigitsParameters extends LegSelector {
  InputDigitsRegex: string;
  InBetweenDigitsDurationInMilliseconds: number | string;
  FlushDigitsDurationInMilliseconds: number | string;
}

interface ParametersByType {
  CallAndBridge: CallAndBridgeParameters;
  Hangup: HangupParameters;
  Pause: PauseParameters;
  PlayAudio: PlayAudioParameters;
  Speak: SpeakParameters;
  SendDigits: SendDigitsParameters;
  SpeakAndGetDigits: SpeakAndGetDigitsParameters;
  PlayAudioAndGetDigits: PlayAudioAndGetDigitsParameters;
  ReceiveDigits: ReceiveDigitsParameters;
}

export type ActionType = keyof ParametersByType;
export type ActionParameters<T extends ActionType> = ParametersByType[T];
export type Action = { [T in ActionType]: { Type: T; Parameters: ParametersByType[T] } }[ActionType];

/** What an invocation answers. `Actions` left out or null keeps what is running. */
export interface SmaResponse {
  SchemaVersion: string;
  Actions?: Action[] | null;
  /** Replaces the whole map; left out or null leaves it as it was, `{}` clears it. */
  TransactionAttributes?: Record<string, string> | null;
}
