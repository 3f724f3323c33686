/** What a Voice Connector is told of the edges. */
import {
  type ChimeSDKVoiceClient,
  GetVoiceConnectorOriginationCommand,
  GetVoiceConnectorTerminationCommand,
  NotFoundException,
  type OriginationRoute,
  PutVoiceConnectorOriginationCommand,
  PutVoiceConnectorTerminationCommand,
  type Termination,
} from '@aws-sdk/client-chime-sdk-voice';

/** What a new connector starts with; both are required, and only matter for calls to numbers. */
const FIRST = { CpsLimit: 1, CallingRegions: ['US'] } satisfies Termination;

/**
 * Lets a Voice Connector take calls from these addresses, and from no other: an edge's address is not known before it
 * runs, and its predecessor's is somebody else's soon. What an operator has set besides is kept.
 */
export async function openTermination(
  client: ChimeSDKVoiceClient,
  VoiceConnectorId: string,
  addresses: readonly string[],
): Promise<void> {
  const CidrAllowedList = addresses.map(address => `${address}/${address.includes(':') ? 128 : 32}`).sort();
  const { Termination } = await orNothing(
    client.send(new GetVoiceConnectorTerminationCommand({ VoiceConnectorId })),
  );
  const isOpen = Termination?.Disabled === false;
  if (isOpen && String(Termination.CidrAllowedList?.toSorted()) === String(CidrAllowedList)) return;
  await client.send(
    new PutVoiceConnectorTerminationCommand({
      VoiceConnectorId,
      Termination: { ...FIRST, ...Termination, CidrAllowedList, Disabled: false },
    }),
  );
}

/** Leads a Voice Connector's calls there, unless it does so already. */
export async function leadCalls(
  client: ChimeSDKVoiceClient,
  VoiceConnectorId: string,
  Routes: readonly OriginationRoute[],
): Promise<void> {
  const { Origination } = await orNothing(
    client.send(new GetVoiceConnectorOriginationCommand({ VoiceConnectorId })),
  );
  if (Origination?.Disabled === false && String(inOrder(Origination.Routes)) === String(inOrder(Routes)))
    return;
  await client.send(
    new PutVoiceConnectorOriginationCommand({
      VoiceConnectorId,
      Origination: { Routes: [...Routes], Disabled: false },
    }),
  );
}

/** A connector that has no settings yet answers with 404, or with nothing. */
async function orNothing<T extends object>(answer: Promise<T>): Promise<Partial<T>> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NotFoundException) return {};
    throw error;
  }
}

const inOrder = (routes: readonly OriginationRoute[] = []): string[] =>
  routes
    .map(({ Host, Port, Protocol, Priority, Weight }) => [Host, Port, Protocol, Priority, Weight].join(' '))
    .sort();
