/** The voice service's API: Amazon's, or that of the SMA runtime. */
import {
  ChimeSDKVoiceClient,
  CreateSipMediaApplicationCallCommand,
  NotFoundException,
  ResourceLimitExceededException,
  ServiceUnavailableException,
  ThrottledClientException,
  UpdateSipMediaApplicationCallCommand,
} from '@aws-sdk/client-chime-sdk-voice';
import { clientConfiguration, type Environment, required } from './clients.ts';

/** The service has had too much, and took nothing: the same request may be taken later. */
export class VoiceBusy extends Error {
  override name = 'VoiceBusy';
}

/** No answer, or a broken one: the request may have been carried out, or not. */
export class VoiceUnclear extends Error {
  override name = 'VoiceUnclear';
}

/** The service will not take this request, now or later. */
export class VoiceRefused extends Error {
  override name = 'VoiceRefused';
}

/** The service knows no such call, or no longer. */
export class VoiceCallGone extends Error {
  override name = 'VoiceCallGone';
}

export interface Voice {
  /** Throws VoiceBusy, VoiceUnclear or VoiceRefused. */
  placeCall(call: { to: string; from: string; callSid: string }): Promise<{ transactionId: string }>;
  /** Tells a live call something; at most 20 arguments. Throws VoiceBusy, VoiceUnclear, VoiceRefused or VoiceCallGone. */
  updateCall(transactionId: string, args: Record<string, string>): Promise<void>;
}

const BUSY = [ThrottledClientException, ResourceLimitExceededException, ServiceUnavailableException] as const;

export function createVoice(env: Environment): Voice {
  // Whoever calls has a rate to keep and a patience of its own: it does the trying again.
  const client = new ChimeSDKVoiceClient({ ...clientConfiguration('CHIME_SDK_VOICE', env), maxAttempts: 1 });
  const SipMediaApplicationId = required(env, 'SIP_MEDIA_APPLICATION_ID');

  return {
    async placeCall({ to, from, callSid }) {
      const { SipMediaApplicationCall } = await translated(
        client.send(
          new CreateSipMediaApplicationCallCommand({
            SipMediaApplicationId,
            ToPhoneNumber: to,
            FromPhoneNumber: from,
            ArgumentsMap: { callSid },
          }),
        ),
      );
      const transactionId = SipMediaApplicationCall?.TransactionId;
      if (transactionId === undefined)
        throw new VoiceRefused('The voice service answered without a transaction.');
      return { transactionId };
    },

    async updateCall(TransactionId, Arguments) {
      await translated(
        client.send(
          new UpdateSipMediaApplicationCallCommand({ SipMediaApplicationId, TransactionId, Arguments }),
        ),
      );
    },
  };
}

async function translated<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error instanceof NotFoundException) throw new VoiceCallGone(error.message, { cause: error });
    if (BUSY.some(type => error instanceof type))
      throw new VoiceBusy(`${error.name}: ${error.message}`, { cause: error });
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    if (status === undefined || status >= 500) throw new VoiceUnclear(error.message, { cause: error });
    throw new VoiceRefused(`${error.name}: ${error.message}`, { cause: error });
  }
}
