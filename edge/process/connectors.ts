import { ChimeSDKVoiceClient, type OriginationRoute } from '@aws-sdk/client-chime-sdk-voice';
import { clientConfiguration, type Environment } from '../../aws/clients.ts';
import type { RunningEdge } from '../../aws/edge-roster.ts';
import type { ProcessSettings } from './settings.ts';
import { leadCalls, openTermination } from './voice-connector.ts';

/** The Voice Connectors that are to be told where our calls come from. */
export function ownConnectors({ voiceConnectorId, telephoneConnectorId }: ProcessSettings): string[] {
  return [voiceConnectorId, telephoneConnectorId].filter(id => id !== undefined);
}

/**
 * Tells the connectors of the edges that run: all of them may call, and calls are led to those that take some. Where there is none,
 * everything stays as it is: the next edge is on its way.
 */
export function createConnectors(env: Environment, settings: ProcessSettings) {
  const client = new ChimeSDKVoiceClient(clientConfiguration('CHIME_SDK_VOICE', env));
  const { voiceConnectorId, originationHosts } = settings;

  return async (running: readonly RunningEdge[]): Promise<void> => {
    const addresses = running.flatMap(({ address }) => address ?? []);
    if (addresses.length > 0)
      await Promise.all(ownConnectors(settings).map(id => openTermination(client, id, addresses)));
    const routes = routesTo(running, originationHosts);
    if (voiceConnectorId !== undefined && routes.length > 0)
      await leadCalls(client, voiceConnectorId, routes);
  };
}

/** To each edge by the first host, all alike; by the next host only when that fails. */
const routesTo = (running: readonly RunningEdge[], hosts: readonly string[]): OriginationRoute[] =>
  hosts.flatMap((Host, index) =>
    running
      .filter(({ takesCalls }) => takesCalls)
      .map(({ sipPort: Port }) => ({ Host, Port, Protocol: 'UDP', Priority: index + 1, Weight: 1 }) as const),
  );
