/** Calls from SIP to phone numbers, through a Voice Connector that no SIP rule names (reference §13). */
import { describe, expect, it } from 'vitest';
import type { InviteOptions } from '../../../sip/user-agent.ts';
import { sceneOpener } from '../support/open-scenes.ts';
import { ACCOUNT_NUMBER, ANSWERS, NEVER_ANSWERS, REJECTS } from '../support/scene.ts';
import { until } from '../support/sip-phone.ts';
import { HOST } from '../support/sip-scene.ts';

const open = sceneOpener();
const SHOWN = `sip:${ACCOUNT_NUMBER}@${HOST}`;

async function stage() {
  const scene = await open({}, { toPhones: true });
  const phone = await scene.phone();
  const call = (number: string, more: InviteOptions = {}) => {
    const invitation = phone.call(scene.uri(number), { from: SHOWN, ...more });
    const progress: number[] = [];
    invitation.on('progress', ({ status }) => progress.push(status));
    return { invitation, progress };
  };
  const handset = (number: string) => scene.handsets.get(number);
  return { scene, phone, call, handset };
}

describe('a call to a phone number through a Voice Connector', () => {
  it('rings that phone, and is answered with real RTP', async () => {
    const { phone, call, handset } = await stage();
    const { invitation, progress } = call(ANSWERS);

    const session = await invitation.answered;

    expect(progress).toEqual([180]);
    expect(handset(ANSWERS)).toMatchObject({ state: 'in-call', direction: 'incoming', peer: ACCOUNT_NUMBER });
    expect(session.remoteSdp).toMatch(/m=audio \d+ RTP\/AVP 0 101/);
    await until(() => phone.heard.some(({ payloadType }) => payloadType === 0), 'sound');
  });

  it.each([
    ['a busy phone', '+12025550101', 486],
    ['a phone that rejects', REJECTS, 603],
    ['a number that nobody has', '+12025550104', 404],
    ['a number that is no handset’s', '+12025550188', 404],
  ])('is refused by %s as that does', async (_, number, status) => {
    const { call } = await stage();
    await expect(call(number).invitation.answered).rejects.toMatchObject({ status });
  });

  it('that shows a number which is not the account’s gets 403, and rings nobody', async () => {
    const { call, handset } = await stage();
    const { invitation } = call(ANSWERS, { from: `sip:+12065550123@${HOST}` });
    await expect(invitation.answered).rejects.toMatchObject({ status: 403 });
    expect(handset(ANSWERS).ringCount).toBe(0);
  });

  it('goes nowhere without a number', async () => {
    const { call } = await stage();
    await expect(call('1000').invitation.answered).rejects.toMatchObject({ status: 404 });
  });

  it('stops the ringing when it is cancelled', async () => {
    const { call, handset } = await stage();
    const { invitation, progress } = call(NEVER_ANSWERS);
    await until(() => progress.includes(180), 'ringing');
    invitation.cancel();
    await expect(invitation.answered).rejects.toMatchObject({ status: 487 });
    await until(() => handset(NEVER_ANSWERS).state === 'idle', 'the phone is idle');
  });

  it('ends for the phone when the caller hangs up, and for the caller when the phone does', async () => {
    const { scene, call, handset } = await stage();
    (await call(ANSWERS).invitation.answered).bye();
    await until(() => handset(ANSWERS).state === 'idle', 'the phone is idle');
    expect(handset(ANSWERS).lastEnd).toEqual({ by: 'far-end', sipCode: 0 });

    const again = await call(ANSWERS).invitation.answered;
    scene.handsets.hangUp(ANSWERS);
    await until(() => again.end !== undefined, 'the caller has a BYE');
    expect(again.end?.by).toBe('remote');
  });

  it('carries the phone’s keys as telephone events, and the caller’s keys to the phone', async () => {
    const { scene, phone, call, handset } = await stage();
    await call(ANSWERS).invitation.answered;

    scene.handsets.press(ANSWERS, '17#');
    await until(() => phone.keys.filter(({ end }) => end).length === 9, 'three keys, each with three ends');
    expect([...new Set(phone.keys.map(({ event }) => event))]).toEqual([1, 7, 11]);

    phone.press('5', 100, 8_000);
    await until(() => handset(ANSWERS).heard.length > 0, 'the phone hears a key');
    expect(handset(ANSWERS).heard).toEqual([{ kind: 'digits', digits: '5' }]);
  });
});
