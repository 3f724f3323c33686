import {
  type ChimeSDKVoiceClient,
  DeleteVoiceConnectorOriginationCommand,
  NotFoundException,
  PutVoiceConnectorOriginationCommand,
} from '@aws-sdk/client-chime-sdk-voice';
import type { ResourceKind } from '../custom-resource.ts';

/** As in the template; CloudFormation makes every value a string. */
export interface OriginationProperties {
  readonly VoiceConnectorId: string;
  /** Public addresses of one SIP server, the first of them preferred; separated by commas. */
  readonly Hosts: string;
  readonly Port: string;
  readonly Protocol: 'UDP' | 'TCP';
}

/** The service takes no more routes than that. */
const MOST_ROUTES = 10;

/** Where a Voice Connector takes its calls: a table of its own in the service, one for each connector. */
export function voiceConnectorOrigination(client: Pick<ChimeSDKVoiceClient, 'send'>) {
  async function put({ VoiceConnectorId, Hosts, Port, Protocol }: OriginationProperties) {
    const hosts = Hosts.split(',');
    if (hosts.length > MOST_ROUTES) {
      throw new RangeError(`A Voice Connector has ${MOST_ROUTES} routes at most; these are ${hosts.length}.`);
    }
    const Routes = hosts.map((Host, index) => ({
      Host,
      Port: Number(Port),
      Protocol,
      Priority: index + 1,
      Weight: 1,
    }));
    await client.send(
      new PutVoiceConnectorOriginationCommand({ VoiceConnectorId, Origination: { Routes, Disabled: false } }),
    );
    // Another connector is another resource: CloudFormation deletes the old one's routes afterwards.
    return { physicalResourceId: VoiceConnectorId };
  }

  const kind: ResourceKind<OriginationProperties> = {
    create: put,
    update: put,
    async delete(_properties, VoiceConnectorId) {
      try {
        await client.send(new DeleteVoiceConnectorOriginationCommand({ VoiceConnectorId }));
      } catch (error) {
        if (!(error instanceof NotFoundException)) throw error;
      }
    },
  };
  return kind;
}
