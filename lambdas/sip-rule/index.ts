import { ChimeSDKVoiceClient } from '@aws-sdk/client-chime-sdk-voice';
import { systemClock } from '../../core/clock.ts';
import { resourceHandler } from '../custom-resource.ts';
import { sipRule } from './sip-rule.ts';

const kind = sipRule({ client: new ChimeSDKVoiceClient({}), clock: systemClock });

export const handler = resourceHandler(kind, systemClock.sleep);
