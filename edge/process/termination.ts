import {
  ChimeSDKVoiceClient,
  GetVoiceConnectorTerminationCommand,
  NotFoundException,
  PutVoiceConnectorTerminationCommand,
  type Termination,
} from '@aws-sdk/client-chime-sdk-voice';
import { clientConfiguration, type Environment } from '../../aws/clients.ts';

/** What a new connector starts with; both are required, and only matter for calls to numbers. */
const FIRST = { CpsLimit: 1, CallingRegions: ['US'] } satisfies Termination;

/**
 * Lets a Voice Connector take calls from this address, and from no other: the edge's address is not known before it
 * runs, and its predecessor's is somebody else's soon. What an operator has set besides is kept.
 */
export async function openTermination(
  env: Environment,
  VoiceConnectorId: string,
  address: string,
): Promise<void> {
  const client = new ChimeSDKVoiceClient(clientConfiguration('CHIME_SDK_VOICE', env));
  const own = `${address}/${address.includes(':') ? 128 : 32}`;
  const present = await client
    .send(new GetVoiceConnectorTerminationCommand({ VoiceConnectorId }))
    .catch(error => {
      if (error instanceof NotFoundException) return {};
      throw error;
    });
  const { Termination } = present as { Termination?: Termination };
  if (Termination?.Disabled === false && String(Termination.CidrAllowedList) === own) return;
  await client.send(
    new PutVoiceConnectorTerminationCommand({
      VoiceConnectorId,
      Termination: { ...FIRST, ...Termination, CidrAllowedList: [own], Disabled: false },
    }),
  );
}
