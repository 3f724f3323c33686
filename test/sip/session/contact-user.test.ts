import { describe, expect, it } from 'vitest';
import type { InviteOptions } from '../../../sip/user-agent.ts';
import { established } from '../support/calls.ts';
import { HOLD, Stage } from '../support/stage.ts';

/** Alice, who has a Contact user of her own, calls Bob. `contacts`: what hers was in each of her messages. */
async function called(invite: InviteOptions) {
  const stage = new Stage();
  const call = await established(stage, { alice: { contactUser: 'desk' }, invite });
  for (const side of [call.calling, call.called]) side.onOffer = offer => offer.accept(side.localSdp);
  const contacts = () =>
    stage.network.passages
      .filter(({ from, message }) => from.address === '10.0.0.1' && message.headers.has('Contact'))
      .map(({ message }) => `${message.cseq?.method} ${message.headers.get('Contact')}`);
  return { ...call, stage, contacts };
}

describe('the user part of our Contact', () => {
  it('is the one that the INVITE names, in all requests and answers of its dialog (RFC 3261 §12.2.1.1)', async () => {
    const call = await called({ contactUser: '+12025550100' });
    for (const change of [
      () => call.calling.update(),
      () => call.calling.reinvite({ sdp: HOLD }),
      () => call.called.reinvite({ sdp: HOLD }),
    ]) {
      void change();
      await call.stage.clock.advance(10);
    }
    expect(call.contacts()).toEqual([
      'INVITE <sip:+12025550100@10.0.0.1:5060>',
      'UPDATE <sip:+12025550100@10.0.0.1:5060>',
      'INVITE <sip:+12025550100@10.0.0.1:5060>',
      'INVITE <sip:+12025550100@10.0.0.1:5060>',
    ]);
  });

  it('is remembered by a session that is written down', async () => {
    const { alice, calling, stage, contacts } = await called({ contactUser: '+12025550100' });
    void alice.restore(JSON.parse(JSON.stringify(calling.snapshot()))).update();
    await stage.clock.advance(10);
    expect(contacts().at(-1)).toBe('UPDATE <sip:+12025550100@10.0.0.1:5060>');
  });

  it('is the agent’s where the INVITE names none', async () => {
    const { calling, stage, contacts } = await called({});
    void calling.update();
    await stage.clock.advance(10);
    expect(contacts()).toEqual(['INVITE <sip:desk@10.0.0.1:5060>', 'UPDATE <sip:desk@10.0.0.1:5060>']);
  });
});
