import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { settingsFromContext } from '../../lib/context.ts';
import { checkSettings, type DialplaneSettings } from '../../lib/settings.ts';

const read = (context: Record<string, unknown>) => settingsFromContext(key => context[key]);

describe('-c on the command line', () => {
  test('chooses nothing when it is absent, so that each setting keeps its default', () => {
    expect(read({})).toEqual({ stackName: 'Dialplane' });
  });

  test.each([
    [{ phoneNumbers: '+12025550110, +12025550111,' }, { phoneNumbers: ['+12025550110', '+12025550111'] }],
    [{ phoneNumbers: '' }, {}],
    [{ stackName: 'Staging' }, { stackName: 'Staging' }],
    [{ allowedNetworks: '10.0.0.0/8' }, { allowedNetworks: ['10.0.0.0/8'] }],
    [{ apiRateLimit: '5' }, { apiRateLimit: 5 }],
    [{ tracing: 'false' }, { tracing: false }],
    [{ tracing: true }, { tracing: true }],
    [{ logRetention: '365' }, { logRetention: 365 }],
    [{ removalPolicy: 'destroy' }, { removalPolicy: RemovalPolicy.DESTROY }],
    [{ sipEdge: 'true' }, { sipEdge: true }],
    [
      {
        edgeNetworks: '192.0.2.0/24, 198.51.100.7/32',
        edgeCpu: '1024',
        edgeCalls: '300',
        edgeDrainSeconds: '30',
      },
      {
        edgeNetworks: ['192.0.2.0/24', '198.51.100.7/32'],
        edgeCpu: 1024,
        edgeCalls: 300,
        edgeDrainSeconds: 30,
      },
    ],
    [{ tokenVersion: 2 }, { tokenVersion: '2' }],
    [
      { voiceServiceEndpoint: 'https://sma.example.com', sipMediaApplicationId: 'own' },
      { voiceService: { endpoint: 'https://sma.example.com', sipMediaApplicationId: 'own' } },
    ],
  ])('%j is read as %j', (context, settings) => {
    expect(read(context)).toEqual({ stackName: 'Dialplane', ...settings });
  });

  test.each([
    [{ apiRateLimit: 'many' }, '-c apiRateLimit: "many" is not a whole number above 0.'],
    [{ deliverConcurrency: '0' }, '-c deliverConcurrency: "0" is not a whole number above 0.'],
    [{ tracing: 'yes' }, '-c tracing: "yes" is not possible; choose one of true, false.'],
    [{ removalPolicy: 'drop' }, '-c removalPolicy: "drop" is not possible; choose one of retain, destroy.'],
    [{ voiceServiceEndpoint: 'https://sma.example.com' }, 'Give -c voiceServiceEndpoint and -c sipMediaApp'],
    [{ sipMediaApplicationId: 'own' }, 'Give -c voiceServiceEndpoint and -c sipMediaApplicationId together'],
  ])('%j is refused in a sentence', (context, sentence) => {
    expect(() => read(context)).toThrow(sentence);
  });

  test('offers the days that CloudWatch can keep logs', () => {
    expect(() => read({ logRetention: '31' })).toThrow('choose one of 1, 3, 5, 7, 14, 30,');
  });
});

describe('A setting that cannot be deployed', () => {
  const check =
    (settings: DialplaneSettings, region = 'us-east-1') =>
    () =>
      checkSettings(settings, region);
  const own = { endpoint: 'https://sma.example.com', sipMediaApplicationId: 'own' };

  test.each([
    [{ phoneNumbers: ['12025550110'] }, 'phoneNumbers: "12025550110" is not an E.164 number'],
    [{ phoneNumbers: ['+1202555011O'] }, 'write it as +12025550110'],
    [{ phoneNumbers: ['+12025550110', '+12025550110'] }, '+12025550110 is named twice'],
    [{ sipEdge: true, voiceService: own }, 'sipEdge: an own runtime has its own way to SIP'],
    [{ deliverConcurrency: 1 }, 'deliverConcurrency: 1 is not possible'],
    [{ timerConcurrency: 2.5 }, 'Lambda takes a whole number from 2 to 1000'],
    [
      { voiceService: { ...own, endpoint: 'sma.example.com' } },
      'voiceService.endpoint: "sma.example.com" is not a',
    ],
  ])('%j is refused in a sentence', (settings, sentence) => {
    expect(check(settings)).toThrow(sentence);
  });

  test('is a Region without SIP media applications, unless the runtime is an own one', () => {
    expect(check({}, 'eu-north-1')).toThrow('Region eu-north-1 has no SIP media applications');
    expect(check({ voiceService: own }, 'eu-north-1')).not.toThrow();
  });

  test('is a number in a Region that has none', () => {
    expect(check({ phoneNumbers: ['+12025550110'] }, 'eu-west-1')).toThrow(
      'Region eu-west-1 has no phone numbers',
    );
    expect(check({}, 'eu-west-1')).not.toThrow();
  });

  test('is not looked for in a Region that is not known yet', () => {
    expect(check({ phoneNumbers: ['+12025550110'] }, new Stack(new App(), 'Anywhere').region)).not.toThrow();
  });
});
