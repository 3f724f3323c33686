/** CallAndBridge to an AWS endpoint: what a SIP host behind a Voice Connector sees (reference §7.1, §9, §13.5). */
import { afterEach, describe, expect, it } from 'vitest';
import { ACCOUNT_NUMBER, ANSWERS, actions, script } from '../support/scene.ts';
import { tone, until } from '../support/sip-phone.ts';
import { ARN, type SipHandler, SipScene, type SipSceneSettings, toSip } from '../support/sip-scene.ts';

const scenes: SipScene[] = [];

async function open(answers: Record<string, unknown>, settings?: SipSceneSettings): Promise<SipScene> {
  const scene = await SipScene.open(script(answers) as unknown as SipHandler, settings);
  scenes.push(scene);
  return scene;
}

afterEach(async () => {
  for (const scene of scenes.splice(0)) {
    await scene.close();
    expect(scene.errors).toEqual([]);
  }
});

describe('a call to a user behind a Voice Connector', () => {
  it('is answered, bridged, heard both ways and hung up by the far end', async () => {
    const scene = await open({ NEW_INBOUND_CALL: actions(toSip('t-8f3a')) });
    const phone = await scene.phone();
    scene.routeTo(phone);
    phone.onCall = invitation => phone.accept(invitation);

    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await until(() => phone.heard.length >= 5, 'the phone hears packets');
    for (let at = 0; at < 5; at++) phone.send({ sequence: at, timestamp: at * 160, payload: tone });
    await new Promise(resolve => setTimeout(resolve, 30));
    phone.agent.sessions[0]?.bye();
    await until(() => scene.events.length >= 3, 'HANGUP');

    expect(scene.told).toEqual([
      '1 NEW_INBOUND_CALL',
      '2 ACTION_SUCCESSFUL CallAndBridge A=Connected B=Connected',
      '3 HANGUP (B,0) A=Connected B=Disconnected',
    ]);
    expect(scene.media).toMatchObject([{ tag: 'LEG-B', media: { packetsIn: 5, packetsLost: 0 } }]);
    expect(scene.media[0]?.media.packetsOut).toBeGreaterThanOrEqual(5);
    expect(ARN).toContain(phone.invitations[0]?.request.headers.get('X-VoiceConnector-ID'));
  });
});
