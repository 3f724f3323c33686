/** What requests about numbers, clients and applications come to. All throw Problem. */
import type { HttpMethod } from '../../core/call.ts';
import type {
  ApplicationChange,
  ClientChange,
  ClientRequest,
  NumberChange,
  OwnerChange,
} from '../../core/operation.ts';
import type { ApiRequest } from '../dialect.ts';
import { bodyParameters, changedTarget, read } from '../parameters.ts';
import {
  changeApplication,
  changeClient,
  changeNumber,
  createApplication,
  createClient,
} from './contracts.ts';
import { INBOUND_EVENTS } from './status-words.ts';

type Asked = {
  FriendlyName?: string | undefined;
  VoiceUrl?: string | undefined;
  VoiceMethod?: HttpMethod | undefined;
  VoiceFallbackUrl?: string | undefined;
  VoiceFallbackMethod?: HttpMethod | undefined;
  VoiceApplicationSid?: string | undefined;
};

export const decodeNumberChange = (request: ApiRequest): NumberChange => {
  const asked = read(bodyParameters(request), changeNumber);
  const statusCallback = changedTarget(asked.StatusCallback, asked.StatusCallbackMethod);
  const refer = changedTarget(asked.ReferUrl, asked.ReferMethod);
  return {
    ...ownerChange(asked),
    ...(statusCallback !== undefined && { statusCallback }),
    ...(refer !== undefined && { refer }),
  };
};

export const decodeNewClient = (request: ApiRequest): ClientRequest => {
  const asked = read(bodyParameters(request), createClient);
  return { name: asked.Login, password: asked.Password, ...ownerChange(asked) };
};

export const decodeClientChange = (request: ApiRequest): Omit<ClientChange, 'name'> => {
  const asked = read(bodyParameters(request), changeClient);
  return { ...(asked.Password !== undefined && { password: asked.Password }), ...ownerChange(asked) };
};

export const decodeNewApplication = (request: ApiRequest) => {
  const asked = read(bodyParameters(request), createApplication);
  return { ...applicationChange(asked), friendlyName: asked.FriendlyName };
};

export const decodeApplicationChange = (request: ApiRequest): ApplicationChange => {
  const asked = read(bodyParameters(request), changeApplication);
  return {
    ...applicationChange(asked),
    ...(asked.FriendlyName !== undefined && { friendlyName: asked.FriendlyName }),
  };
};

/** An application's document is asked by POST. */
function applicationChange({
  RcmlUrl,
  DelayAnswer,
}: {
  RcmlUrl?: string | undefined;
  DelayAnswer?: string | undefined;
}): ApplicationChange {
  const voice = changedTarget(RcmlUrl, undefined);
  return {
    ...(voice !== undefined && { voice }),
    ...(DelayAnswer !== undefined && { delayAnswer: DelayAnswer === 'true' }),
    callbackEvents: [...INBOUND_EVENTS],
  };
}

function ownerChange(asked: Asked): OwnerChange {
  const voice = changedTarget(asked.VoiceUrl, asked.VoiceMethod);
  const voiceFallback = changedTarget(asked.VoiceFallbackUrl, asked.VoiceFallbackMethod);
  return {
    ...(asked.FriendlyName !== undefined && { friendlyName: asked.FriendlyName }),
    ...(voice !== undefined && { voice }),
    ...(voiceFallback !== undefined && { voiceFallback }),
    ...(asked.VoiceApplicationSid !== undefined && { applicationSid: asked.VoiceApplicationSid || null }),
    callbackEvents: [...INBOUND_EVENTS],
  };
}
