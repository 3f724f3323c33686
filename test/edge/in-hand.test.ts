import { describe, expect, it } from 'vitest';
import { DIAL_TOKEN_LIFETIME_MS } from '../../core/dial-plan.ts';
import { InHand } from '../../edge/in-hand.ts';
import type { JoinedCall } from '../../edge/joined-call.ts';
import type { ThirdPartyCall } from '../../edge/third-party-call.ts';
import { VirtualClock } from '../sip/support/virtual-clock.ts';

/** A dial that says what it was told, and is over when it is told so. */
function dial() {
  const told: unknown[][] = [];
  const { promise: done, resolve: finish } = Promise.withResolvers<void>();
  const heard =
    (what: string) =>
    (...details: unknown[]) =>
      void told.push([what, ...details]);
  return { told, done, finish, end: heard('end'), cancel: heard('cancel'), drop: heard('drop') };
}

const call = () => {
  const made = dial();
  return { ...made, call: made as unknown as ThirdPartyCall };
};
const settle = () => new Promise(resolve => setImmediate(resolve));

describe('what an edge has in hand', () => {
  it('counts a dial until nothing is left of it', async () => {
    const inHand = new InHand(new VirtualClock());
    const { call: one, finish } = call();
    inHand.take('a', one);
    expect([inHand.size, inHand.has('a')]).toEqual([1, true]);
    finish();
    await settle();
    expect([inHand.size, inHand.has('a')]).toEqual([0, false]);
  });

  it('counts a bridge as a dial only where its maker has let go of it', async () => {
    const inHand = new InHand(new VirtualClock());
    const [kept, held] = [dial(), dial()];
    inHand.keep(kept as unknown as JoinedCall);
    inHand.holdBridge(held as unknown as JoinedCall);
    expect(inHand.size).toBe(1);
    held.finish();
    await settle();
    expect(inHand.size).toBe(0);
  });

  it.each([
    ['that is there, at once', 0, 'there'],
    ['that comes within the life of a token', DIAL_TOKEN_LIFETIME_MS - 1, 'cancelled'],
    ['that comes later, no more', DIAL_TOKEN_LIFETIME_MS, 'free'],
  ] as const)('cancels a call %s', async (_, afterMs, how) => {
    const clock = new VirtualClock();
    const inHand = new InHand(clock);
    const { call: one, told } = call();
    if (how === 'there') inHand.take('a', one);
    inHand.cancel('a', 'canceled');
    await clock.advance(afterMs);
    if (how !== 'there') inHand.take('a', one);
    expect(told).toEqual(how === 'free' ? [] : [['cancel', 'canceled']]);
  });

  it('tells each dial which call is not to ring any more, and that all of it ends', () => {
    const inHand = new InHand(new VirtualClock());
    const dials = [dial(), dial()];
    for (const each of dials) inHand.hold(each);
    inHand.drop('a', 'CA1', 'canceled');
    inHand.end();
    const told = [['drop', 'a', 'CA1', 'canceled'], ['end']];
    expect(dials.map(each => each.told)).toEqual([told, told]);
  });

  it('is emptied once those are over, too, that came while it was waited for', async () => {
    const inHand = new InHand(new VirtualClock());
    const [first, second] = [dial(), dial()];
    let isEmpty = false;
    inHand.hold(first);
    void inHand.emptied().then(() => {
      isEmpty = true;
    });
    inHand.hold(second);
    first.finish();
    await settle();
    expect(isEmpty).toBe(false);
    second.finish();
    await settle();
    expect(isEmpty).toBe(true);
  });
});
