import { describe, expect, it } from 'vitest';
import type { NumberChange, PhoneNumber } from '../../../core/operation.ts';
import { modifyNumber } from '../../../lambdas/api/operations/modify-number.ts';
import type { Tools } from '../../../lambdas/api/operations/operation.ts';

const ACCOUNT = `AC${'1'.repeat(32)}`;
const NUMBER: PhoneNumber = {
  sid: `PN${'2'.repeat(32)}`,
  number: '+12025550110',
  accountSid: ACCOUNT,
  dialect: 'datatechlabs',
  friendlyName: 'Front desk',
  voice: { url: 'https://example.com/voice', method: 'GET' },
  createdAtMs: 1,
  updatedAtMs: 1,
};

async function changed(change: NumberChange): Promise<PhoneNumber> {
  let stored: PhoneNumber = NUMBER;
  const numbers: Tools['numbers'] = {
    get: async () => stored,
    list: async () => [stored],
    put: async number => {
      stored = number;
    },
  };
  const tools = { numbers, clock: { now: () => 2, sleep: async () => {} } } as unknown as Tools;
  const context = { request: { accountSid: ACCOUNT, headers: {} }, dialect: { name: 'signalwire' } };
  await modifyNumber({ numberSid: NUMBER.sid, change }, tools, context);
  return stored;
}

describe('A change of a number', () => {
  it('leaves alone what it does not name', async () => {
    expect(await changed({ friendlyName: 'Sales' })).toEqual({
      ...NUMBER,
      friendlyName: 'Sales',
      dialect: 'signalwire',
      updatedAtMs: 2,
    });
  });

  it('keeps the method when it names another URL', async () => {
    const { voice } = await changed({ voice: { url: 'https://example.com/new' } });
    expect(voice).toEqual({ url: 'https://example.com/new', method: 'GET' });
  });

  it('keeps the URL when it names another method', async () => {
    const { voice } = await changed({ voice: { method: 'POST' } });
    expect(voice).toEqual({ url: 'https://example.com/voice', method: 'POST' });
  });

  it('asks a first URL by POST unless it says otherwise', async () => {
    const { statusCallback } = await changed({ statusCallback: { url: 'https://example.com/s' } });
    expect(statusCallback).toEqual({ url: 'https://example.com/s', method: 'POST' });
  });

  it('takes a URL away by null', async () => {
    expect(await changed({ voice: null })).not.toHaveProperty('voice');
  });

  it('is refused when it names a method and there is no URL', async () => {
    await expect(changed({ voiceFallback: { method: 'GET' } })).rejects.toMatchObject({
      kind: 'missing-parameter',
      message: expect.stringContaining('send both'),
    });
  });
});
