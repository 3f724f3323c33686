/** What becomes of calls that come in: numbers and applications say it alike. */
import * as z from 'zod';
import type { VoiceSettings } from '../../core/application.ts';
import type { VoiceChange } from '../../core/operation.ts';
import { addressOrNothing, changedTarget, method } from '../parameters.ts';
import { CALLBACK_URL, METHOD, WEB_ADDRESS } from './contracts.ts';

export const friendlyName = z.string().max(64, 'is longer than 64 characters').optional();

export const voiceShape = {
  VoiceUrl: addressOrNothing.optional(),
  VoiceMethod: method.optional(),
  VoiceFallbackUrl: addressOrNothing.optional(),
  VoiceFallbackMethod: method.optional(),
  StatusCallback: addressOrNothing.optional(),
  StatusCallbackMethod: method.optional(),
};

export const voiceCodes = {
  VoiceUrl: WEB_ADDRESS,
  VoiceMethod: METHOD,
  VoiceFallbackUrl: WEB_ADDRESS,
  VoiceFallbackMethod: METHOD,
  StatusCallback: CALLBACK_URL,
  StatusCallbackMethod: METHOD,
} as const;

/** What is asked of them, as a change. */
export function voiceChange(asked: z.output<z.ZodObject<typeof voiceShape>>): VoiceChange {
  const voice = changedTarget(asked.VoiceUrl, asked.VoiceMethod);
  const voiceFallback = changedTarget(asked.VoiceFallbackUrl, asked.VoiceFallbackMethod);
  const statusCallback = changedTarget(asked.StatusCallback, asked.StatusCallbackMethod);
  return {
    ...(voice !== undefined && { voice }),
    ...(voiceFallback !== undefined && { voiceFallback }),
    ...(statusCallback !== undefined && { statusCallback }),
  };
}

/** …and as a resource shows them. There are no messages here. */
export const voiceFields = ({ voice, voiceFallback, statusCallback }: VoiceSettings) => ({
  voice_url: voice?.url ?? '',
  voice_method: voice?.method ?? 'POST',
  voice_fallback_url: voiceFallback?.url ?? '',
  voice_fallback_method: voiceFallback?.method ?? 'POST',
  voice_caller_id_lookup: false,
  status_callback: statusCallback?.url ?? '',
  status_callback_method: statusCallback?.method ?? 'POST',
  sms_url: '',
  sms_method: 'POST',
  sms_fallback_url: '',
  sms_fallback_method: 'POST',
});
