import { afterEach, beforeEach, expect, it } from 'vitest';
import { publicAddress } from '../../edge/process/public-address.ts';
import { openTermination } from '../../edge/process/termination.ts';
import { HttpDouble, type Reply } from '../lambdas/http-double.ts';

let present: Reply;
let service: HttpDouble;
let url: string;

beforeEach(async () => {
  service = new HttpDouble(({ method }) => (method === 'GET' ? present : { status: 200, body: {} }));
  url = await service.start();
});
afterEach(() => service.stop());

const open = () =>
  openTermination(
    {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL_CHIME_SDK_VOICE: url,
    },
    'vc1',
    '192.0.2.7',
  );
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

it('A public address that nobody tells is asked for some more times, then an error says what to set', async () => {
  const double = new HttpDouble(() => ({ status: 200, body: 'no address' }));
  const at = await double.start();
  const slept: number[] = [];
  const sleep = async (ms: number) => void slept.push(ms);

  await expect(publicAddress(sleep, at)).rejects.toThrow('set PUBLIC_ADDRESS');
  expect(slept).toEqual([0, 1_000, 3_000, 10_000]);
  await double.stop();
});
