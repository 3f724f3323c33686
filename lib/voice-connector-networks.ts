/**
 * The networks from which Voice Connectors signal, and send media, by Region.
 * Source: Amazon Chime SDK administrator guide, "Network configuration and bandwidth requirements" (2026).
 */
export const voiceConnectorNetworks: Readonly<Record<string, readonly string[]>> = {
  'us-east-1': ['3.80.16.0/23'],
  'us-west-2': ['99.77.253.0/24'],
  'ca-central-1': ['99.77.233.0/24'],
  'eu-central-1': ['99.77.247.0/24'],
  'eu-west-1': ['99.77.250.0/24'],
  'eu-west-2': ['99.77.249.0/24'],
  'ap-northeast-1': ['99.77.244.0/24'],
  'ap-northeast-2': ['99.77.242.0/24'],
  'ap-southeast-1': ['99.77.240.0/24'],
  'ap-southeast-2': ['99.77.239.0/24'],
};

/**
 * Networks from which Voice Connectors of the United States have sent media as well, and which Amazon's page names no more:
 * whoever closes a firewall is still advised to leave them open.
 * Source: the same page of 2021.
 */
export const olderMediaNetworks: Readonly<Record<string, readonly string[]>> = {
  'us-east-1': ['52.55.62.128/25', '52.55.63.0/25', '34.212.95.128/25', '34.223.21.0/25'],
  'us-west-2': ['52.55.62.128/25', '52.55.63.0/25', '34.212.95.128/25', '34.223.21.0/25'],
};
