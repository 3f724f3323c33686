import { describe, expect, it } from 'vitest';
import { PollWatch } from '../../edge/process/poll-watch.ts';
import { readSettings } from '../../edge/process/settings.ts';

const needed = {
  TABLE_NAME: 'calls',
  BUS_NAME: 'events',
  KEY_ID: 'key',
  EDGE_INSIDE_NETWORKS: '198.51.100.0/24',
  ADVERTISED_ADDRESS: '192.0.2.1',
};

describe('The environment of the edge', () => {
  it('needs no more than five variables', () => {
    expect(readSettings(needed)).toEqual({
      name: 'edge',
      deployment: 'dialplane',
      listenAddress: '0.0.0.0',
      sipPort: 5060,
      insidePort: undefined,
      tlsPort: 5061,
      certificate: undefined,
      advertisedAddress: '192.0.2.1',
      insideNetworks: ['198.51.100.0/24'],
      allowedNetworks: [],
      voiceConnectorHost: undefined,
      voiceConnectorId: undefined,
      originationHosts: [],
      telephoneConnectorHost: undefined,
      telephoneConnectorId: undefined,
      publicAddress: undefined,
      mediaPorts: undefined,
      rtpengine: undefined,
      callerNumber: '+12025550199',
      followRedirects: false,
      healthPort: undefined,
      maxCalls: undefined,
      rest: undefined,
      drainSeconds: 60,
      afterwards: 'hang-up',
      logLevel: 'info',
    });
  });

  it.each(Object.keys(needed))('is refused without %s, by a sentence that names it', name => {
    expect(() => readSettings({ ...needed, [name]: '' })).toThrow(new RegExp(`^${name} is not set`));
  });

  it('names an rtpengine, and ports for media', () => {
    const RTPENGINE_ADDRESS = '127.0.0.1:22222';
    const settings = readSettings({ ...needed, RTPENGINE_ADDRESS, MEDIA_PORTS: '20000-23999' });
    expect(settings).toMatchObject({
      rtpengine: RTPENGINE_ADDRESS,
      mediaPorts: { least: 20_000, most: 23_999 },
    });
  });

  it('needs no public name where it listens at one address', () => {
    const { ADVERTISED_ADDRESS: _, ...others } = needed;
    expect(readSettings({ ...others, EDGE_ADDRESS: '127.0.0.1' }).advertisedAddress).toBeUndefined();
  });

  it.each([
    [{ EDGE_NAME: 'two words' }, 'EDGE_NAME: "two words" is not up to 64 letters, digits, - _ or .'],
    [{ SIP_PORT: '65536' }, 'SIP_PORT: "65536" is not a whole number from 0 to 65535.'],
    [{ TLS_PORT: 'sips' }, 'TLS_PORT: "sips" is not a whole number from 0 to 65535.'],
    [{ HEALTH_PORT: '-1' }, 'HEALTH_PORT: "-1" is not a whole number from 0 to 65535.'],
    [{ DRAIN_SECONDS: '1.5' }, 'DRAIN_SECONDS: "1.5" is not a whole number from 0 to 86400.'],
    [{ EDGE_INSIDE_NETWORKS: '10.0.0.0' }, 'EDGE_INSIDE_NETWORKS: "10.0.0.0" is not a network'],
    [{ ALLOWED_NETWORKS: '10.0.0.0/8,10.0.0.0/33' }, 'ALLOWED_NETWORKS: "10.0.0.0/33" is not a network'],
    [{ VOICE_CONNECTOR_HOST: 'sip:vc' }, 'VOICE_CONNECTOR_HOST: "sip:vc" is not a host name'],
    [{ DEPLOYMENT: 'a b' }, 'DEPLOYMENT: "a b" is not up to 128 letters'],
    [{ REST_BELOW_CALLS: '1' }, 'Set REST_BELOW_CALLS and WAKE_ABOVE_CALLS together'],
    [{ REST_BELOW_CALLS: '2', WAKE_ABOVE_CALLS: '1' }, 'the second not below the first'],
    [{ TELEPHONE_CONNECTOR_HOST: 'a b' }, 'TELEPHONE_CONNECTOR_HOST: "a b" is not a host name'],
    [{ PUBLIC_ADDRESS: 'auto' }, 'PUBLIC_ADDRESS: "auto" is not an IP address.'],
    [{ MEDIA_PORTS: '20000' }, 'MEDIA_PORTS: "20000" is not a range of ports such as 20000-23999.'],
    [{ MEDIA_PORTS: '20000-20002' }, 'MEDIA_PORTS: "20000-20002" is not a range of ports'],
    [{ RTPENGINE_ADDRESS: '127.0.0.1' }, 'RTPENGINE_ADDRESS: "127.0.0.1" is not a host and a port'],
    [{ CALLER_NUMBER: '2025550110' }, 'CALLER_NUMBER: "2025550110" is not an E.164 number'],
    [{ AFTERWARDS: 'wait' }, 'AFTERWARDS: "wait" is not possible; choose one of hang-up, hand-over.'],
    [{ FOLLOW_REDIRECTS: 'yes' }, 'FOLLOW_REDIRECTS: "yes" is not possible; choose one of true, false.'],
    [{ LOG_LEVEL: 'all' }, 'LOG_LEVEL: "all" is not possible'],
    [{ TLS_KEY_FILE: '/key' }, 'Set TLS_CERTIFICATE_FILE and TLS_KEY_FILE together, or neither.'],
    [
      { TLS_KEY_FILE: '/key', TLS_CERTIFICATE_FILE: '/pem', TLS_SECRET_ARN: 'arn' },
      'Set TLS_SECRET_ARN or TLS_CERTIFICATE_FILE, not both.',
    ],
  ])('%j is refused in a sentence', (env, sentence) => {
    expect(() => readSettings({ ...needed, ...env })).toThrow(sentence);
  });
});

describe('Polling the command queue', () => {
  const watch = (failuresAtSeconds: number[], atSeconds: number) => {
    let now = 0;
    const polls = new PollWatch(() => now);
    for (const second of failuresAtSeconds) {
      now = second * 1000;
      polls.failed();
    }
    now = atSeconds * 1000;
    return polls.works;
  };
  const everySecond = Array.from({ length: 70 }, (_, second) => second);

  it('works although a poll fails now and then', () => {
    expect(watch([], 0)).toBe(true);
    expect(watch([0, 40, 80, 120], 120)).toBe(true);
    expect(watch(everySecond.slice(0, 50), 50)).toBe(true);
  });

  it('does not work when it has failed for a minute, and works again soon after the last failure', () => {
    expect(watch(everySecond, 70)).toBe(false);
    expect(watch(everySecond, 101)).toBe(true);
  });
});
