import { ChimeSDKVoiceClient } from '@aws-sdk/client-chime-sdk-voice';
import { clientConfiguration } from '../../aws/clients.ts';
import { resourceHandler } from '../custom-resource.ts';
import { deployed } from '../function-context.ts';
import { sipRule } from './sip-rule.ts';

const { env, clock } = deployed;

const kind = sipRule({ client: new ChimeSDKVoiceClient(clientConfiguration('CHIME_SDK_VOICE', env)), clock });

export const handler = resourceHandler(kind, deployed);
