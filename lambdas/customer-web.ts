import type { Environment } from '../aws/clients.ts';
import { createWebClient, type WebClient } from '../web/client.ts';

/** The way to customers' servers; ALLOWED_NETWORKS (CIDRs, separated by commas) opens private ranges. */
export function createCustomerWeb(env: Environment): WebClient {
  const allowedNetworks = (env['ALLOWED_NETWORKS'] ?? '')
    .split(',')
    .map(network => network.trim())
    .filter(network => network !== '');
  return createWebClient({ allowedNetworks });
}
