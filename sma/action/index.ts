/** Every action that the runtime has, by the name that a handler writes. */
import type { SmaOptions } from '../options.ts';
import type { ActionDefinition } from './action-definition.ts';
import { answer } from './answer.ts';
import { callAndBridge } from './call-and-bridge.ts';
import { hangup } from './hangup.ts';
import { pause } from './pause.ts';
import { playAudio } from './play-audio.ts';
import { playAudioAndGetDigits } from './play-audio-and-get-digits.ts';
import { receiveDigits } from './receive-digits.ts';
import { sendDigits } from './send-digits.ts';
import { speak } from './speak.ts';
import { speakAndGetDigits } from './speak-and-get-digits.ts';

export const ACTIONS: Readonly<Record<string, ActionDefinition>> = {
  Answer: answer,
  CallAndBridge: callAndBridge,
  Hangup: hangup,
  Pause: pause,
  PlayAudio: playAudio,
  PlayAudioAndGetDigits: playAudioAndGetDigits,
  ReceiveDigits: receiveDigits,
  SendDigits: sendDigits,
  Speak: speak,
  SpeakAndGetDigits: speakAndGetDigits,
};

/** The action of that name, if the runtime has it and no option hides it. */
export function definitionOf(type: string, options: SmaOptions): ActionDefinition | undefined {
  const definition = Object.hasOwn(ACTIONS, type) ? ACTIONS[type] : undefined;
  const isHidden = definition?.enabledBy !== undefined && options[definition.enabledBy] !== true;
  return isHidden ? undefined : definition;
}
