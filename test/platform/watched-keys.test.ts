/** Keys while two talk: those that Plivo's digitsMatch watches, and those that a Dial presses itself. Real time and real sockets. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DialPlatform, HANDSET } from '../support/dial-platform.ts';

let test: DialPlatform;

beforeAll(async () => {
  test = await DialPlatform.start();
});
afterEach(async () => {
  const { ends, inOrder } = await test.ended();
  await test.clear();
  expect({ ends: new Set(ends), inOrder: new Set(inOrder), troubles: test.troubles.splice(0) }).toEqual({
    ends: new Set([1]),
    inOrder: new Set([true]),
    troubles: [],
  });
});
afterAll(() => test.close());

const told = (uuid: string) =>
  test.customer
    .asked('/events')
    .filter(({ parameters }) => parameters['CallUUID'] === uuid)
    .map(({ genuine, parameters }) => ({ genuine, ...parameters }) as Record<string, unknown>);
const matches = (uuid: string) => told(uuid).filter(({ Event }) => Event === 'DialDigitsMatch');
const theyTalk = (uuid: string) =>
  test.until(() => told(uuid).some(({ Event }) => Event === 'DialConnected'), 'they talk');

describe('Keys that a Dial watches', () => {
  it('are told of both sides of a call between two telephones', async () => {
    const uuid = await test.dialsInPlivo(
      `<Number>${HANDSET.callee}</Number>`,
      'digitsMatch="12,*" digitsMatchBLeg="9"',
    );
    await theyTalk(uuid);
    test.platform.handsets.press(HANDSET.caller, '9412');
    await test.until(() => matches(uuid).length === 1, 'the caller’s keys are told');
    test.platform.handsets.press(HANDSET.callee, '129');
    await test.until(() => matches(uuid).length === 2, 'the callee’s keys are told');

    expect(matches(uuid)).toMatchObject([
      {
        genuine: true,
        DialAction: 'digits',
        DialDigitsMatch: '12',
        DialDigitsPressedBy: 'ALeg',
        DialALegUUID: uuid,
      },
      {
        genuine: true,
        DialAction: 'digits',
        DialDigitsMatch: '9',
        DialDigitsPressedBy: 'BLeg',
        DialALegUUID: uuid,
      },
    ]);
    const bLegs = new Set(told(uuid).map(({ DialBLegUUID }) => DialBLegUUID));
    expect(bLegs.size).toBe(1);
    expect(test.platform.handsets.get(HANDSET.callee).state).toBe('in-call');
  });

  it('are told of a SIP callee, and of whom it talks with', async () => {
    const bob = await test.phone();
    const uuid = await test.dialsInPlivo(
      `<User>sip:bob@127.0.0.1:${bob.port};transport=udp</User>`,
      'digitsMatch="1" digitsMatchBLeg="#"',
    );
    await theyTalk(uuid);
    await test.until(() => bob.remotePort > 9, 'bob knows where the voice service is');
    await test.pressing(bob, '#', () => matches(uuid).length > 0);
    test.platform.handsets.press(HANDSET.caller, '1');
    const byCaller = () => matches(uuid).filter(({ DialDigitsPressedBy }) => DialDigitsPressedBy === 'ALeg');
    await test.until(() => byCaller().length === 1, 'the caller’s key is told');

    expect(matches(uuid)[0]).toMatchObject({
      genuine: true,
      DialDigitsMatch: '#',
      DialDigitsPressedBy: 'BLeg',
    });
    expect(byCaller()).toMatchObject([{ genuine: true, DialDigitsMatch: '1' }]);
    bob.taken[0]?.bye();
    expect(await test.afterDial(uuid)).toMatchObject({ DialStatus: 'completed' });
  });
});

describe('Keys that a Dial presses', () => {
  it('are those of the User who has answered, once the two are joined', async () => {
    const [bob, carol] = [await test.phone(), await test.phone(() => {})];
    const user = (name: string, { port }: { port: number }, digits: string) =>
      `<User sendDigits="${digits}">sip:${name}@127.0.0.1:${port};transport=udp</User>`;
    const uuid = await test.dialsInPlivo(user('bob', bob, 'w24#') + user('carol', carol, '7'));
    await theyTalk(uuid);
    const pressed = () => bob.keys.filter(({ end }, at, all) => end && all[at - 1]?.end !== true);
    await test.until(() => pressed().length === 3, 'bob hears the keys');

    expect(pressed().map(({ event }) => '0123456789*#'[event])).toEqual(['2', '4', '#']);
    expect(carol.keys).toEqual([]);
    bob.taken[0]?.bye();
    expect(await test.afterDial(uuid)).toMatchObject({ DialStatus: 'completed' });
  });
});
