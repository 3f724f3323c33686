import { ChimeSDKVoiceClient } from '@aws-sdk/client-chime-sdk-voice';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publicAddress } from '../../edge/process/public-address.ts';
import { leadCalls, openTermination } from '../../edge/process/voice-connector.ts';
import { HttpDouble, type Reply } from '../lambdas/http-double.ts';

let present: Reply;
let service: HttpDouble;
let url: string;

beforeEach(async () => {
  service = new HttpDouble(({ method }) => (method === 'GET' ? present : { status: 200, body: {} }));
  url = await service.start();
});
afterEach(() => service.stop());

const client = () =>
  new ChimeSDKVoiceClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
  });
const open = (...addresses: string[]) =>
  openTermination(client(), 'vc1', addresses.length > 0 ? addresses : ['192.0.2.7']);
const termination = (value: object): Reply => ({ status: 200, body: { Termination: value } });
const puts = () =>
  service.received.filter(({ method }) => method === 'PUT').map(({ body }) => body.Termination);

it.each([
  { status: 404, headers: { 'x-amzn-errortype': 'NotFoundException' }, body: { Message: 'None' } },
  { status: 200, body: {} },
])('A new connector takes calls from the edge alone, at the slowest rate', async none => {
  present = none;
  await open();

  expect(service.received[0]?.path).toBe('/voice-connectors/vc1/termination');
  expect(puts()).toEqual([
    { CpsLimit: 1, CallingRegions: ['US'], CidrAllowedList: ['192.0.2.7/32'], Disabled: false },
  ]);
});

it("A former edge's address goes, and what an operator has set stays", async () => {
  present = termination({
    CpsLimit: 5,
    CallingRegions: ['US', 'CA'],
    CidrAllowedList: ['192.0.2.6/32'],
    Disabled: false,
  });
  await open();

  expect(puts()).toEqual([
    { CpsLimit: 5, CallingRegions: ['US', 'CA'], CidrAllowedList: ['192.0.2.7/32'], Disabled: false },
  ]);
});

it('Nothing is written where nothing changes', async () => {
  present = termination({ CpsLimit: 1, CidrAllowedList: ['192.0.2.7/32'], Disabled: false });
  await open();

  expect(puts()).toEqual([]);
});

it('All edges that run may call, in whatever order they are told', async () => {
  present = termination({ CidrAllowedList: ['192.0.2.7/32'], Disabled: false });
  await open('2001:db8::8', '192.0.2.7');
  expect(puts()[0].CidrAllowedList).toEqual(['192.0.2.7/32', '2001:db8::8/128']);

  present = termination({ CidrAllowedList: ['2001:db8::8/128', '192.0.2.7/32'], Disabled: false });
  await open('192.0.2.7', '2001:db8::8');
  expect(puts()).toHaveLength(1);
});

describe('Routes', () => {
  const route = { Host: '192.0.2.1', Port: 5060, Protocol: 'UDP', Priority: 1, Weight: 1 } as const;
  const other = { ...route, Port: 5070 };
  const origination = (Routes: object[], Disabled = false): Reply => ({
    status: 200,
    body: { Origination: { Routes, Disabled } },
  });
  const led = () =>
    service.received.filter(({ method }) => method === 'PUT').map(({ path, body }) => [path, body]);

  it.each([
    { status: 404, headers: { 'x-amzn-errortype': 'NotFoundException' }, body: { Message: 'None' } },
    origination([other]),
    origination([route, other]),
    origination([route], true),
  ])('are written where they are others', async before => {
    present = before;
    await leadCalls(client(), 'vc1', [route]);

    expect(led()).toEqual([
      ['/voice-connectors/vc1/origination', { Origination: { Routes: [route], Disabled: false } }],
    ]);
  });

  it('are left alone where they are the same', async () => {
    present = origination([other, route]);
    await leadCalls(client(), 'vc1', [route, other]);

    expect(led()).toEqual([]);
  });
});

it('A public address that nobody tells is asked for some more times, then an error says what to set', async () => {
  const double = new HttpDouble(() => ({ status: 200, body: 'no address' }));
  const at = await double.start();
  const slept: number[] = [];
  const sleep = async (ms: number) => void slept.push(ms);

  await expect(publicAddress(sleep, at)).rejects.toThrow('set PUBLIC_ADDRESS');
  expect(slept).toEqual([0, 1_000, 3_000, 10_000]);
  await double.stop();
});
