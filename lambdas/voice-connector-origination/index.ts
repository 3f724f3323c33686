import { ChimeSDKVoiceClient } from '@aws-sdk/client-chime-sdk-voice';
import { clientConfiguration } from '../../aws/clients.ts';
import { resourceHandler } from '../custom-resource.ts';
import { deployed } from '../function-context.ts';
import { voiceConnectorOrigination } from './voice-connector-origination.ts';

const kind = voiceConnectorOrigination(
  new ChimeSDKVoiceClient(clientConfiguration('CHIME_SDK_VOICE', deployed.env)),
);

export const handler = resourceHandler(kind, deployed);
