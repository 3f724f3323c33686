import { ChimeSDKVoiceClient } from '@aws-sdk/client-chime-sdk-voice';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resourceHandler } from '../../../lambdas/custom-resource.ts';
import {
  type OriginationProperties,
  voiceConnectorOrigination,
} from '../../../lambdas/voice-connector-origination/voice-connector-origination.ts';
import { CloudFormation } from '../cloud-formation.ts';
import { HttpDouble, type Reply } from '../http-double.ts';

const properties: OriginationProperties = {
  VoiceConnectorId: 'vc1',
  Hosts: '192.0.2.1,192.0.2.2',
  Port: '5060',
  Protocol: 'UDP',
};
const gone: Reply = {
  status: 404,
  headers: { 'x-amzn-errortype': 'NotFoundException' },
  body: { Code: 'NotFound', Message: 'No such connector' },
};

let service: HttpDouble;
let reply: Reply;
let cloudFormation: CloudFormation<OriginationProperties>;

beforeEach(async () => {
  reply = { status: 200, body: {} };
  service = new HttpDouble(() => reply);
  const client = new ChimeSDKVoiceClient({
    endpoint: await service.start(),
    region: 'us-east-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  const clock = { now: () => 0, sleep: async () => {} };
  const handler = resourceHandler(voiceConnectorOrigination(client), { env: { LOG_LEVEL: 'silent' }, clock });
  cloudFormation = new CloudFormation(handler, properties);
  await cloudFormation.start();
});

afterEach(async () => {
  await service.stop();
  await cloudFormation.stop();
});

test.each(['Create', 'Update'] as const)(
  '%s leads calls to the first address, and else to the next',
  async RequestType => {
    const answer = await cloudFormation.ask({ RequestType, PhysicalResourceId: 'vc1' });

    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'vc1' });
    const route = { Port: 5060, Protocol: 'UDP', Weight: 1 };
    expect(service.received).toMatchObject([
      {
        method: 'PUT',
        path: '/voice-connectors/vc1/origination',
        body: {
          Origination: {
            Disabled: false,
            Routes: [
              { ...route, Host: '192.0.2.1', Priority: 1 },
              { ...route, Host: '192.0.2.2', Priority: 2 },
            ],
          },
        },
      },
    ]);
  },
);

test('Delete takes the routes away, and is done where the connector is gone', async () => {
  const request = { RequestType: 'Delete', PhysicalResourceId: 'vc1' } as const;
  reply = { status: 204 };
  expect(await cloudFormation.ask(request)).toMatchObject({ Status: 'SUCCESS' });
  expect(service.received).toMatchObject([{ method: 'DELETE', path: '/voice-connectors/vc1/origination' }]);

  reply = gone;
  expect(await cloudFormation.ask(request)).toMatchObject({ Status: 'SUCCESS' });
});

test('More routes than a connector has are refused', async () => {
  const Hosts = Array.from({ length: 11 }, (_, n) => `192.0.2.${n + 1}`).join(',');
  const answer = await cloudFormation.ask({ ResourceProperties: { ...properties, Hosts } });

  expect(answer).toMatchObject({
    Status: 'FAILED',
    Reason: 'RangeError: A Voice Connector has 10 routes at most; these are 11.',
  });
});
