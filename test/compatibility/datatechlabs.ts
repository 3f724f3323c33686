/** DataTechLabs: "Voice API call with SIP UPDATE message", and what of it is on the wire. */
import { expect } from 'vitest';
import type { SipRequest } from '../../sip/message/message.ts';
import { body, decode, legA, legB } from '../dialects/datatechlabs/support.ts';
import { answeringPhone, EdgeStage, phoneAddress } from '../edge/support/edge-stage.ts';
import { routed, WITH_PBX } from '../lambdas/api/routing.ts';
import { type Platform, works } from '../support/compatibility.ts';

/** What a leg_A that leads to the PBX is dialled with. */
async function dialled(leg: object) {
  const json = body({ leg_A: { to: '1000123', from: '1000125', ...leg } });
  return (await routed(decode(json), { ...WITH_PBX, numbers: ['+12025550110'] })).sip;
}

/** A leg that is up, with `sip_update` 900. */
async function leg() {
  const stage = await EdgeStage.open();
  await stage.phone(1, answeringPhone(stage, 1));
  await stage.plan([{ updateSeconds: 900 }]);
  stage.call();
  await stage.clock.advance(2_000);
  const [invite] = stage.requestsTo(1, 'INVITE') as [SipRequest];
  const [ack] = stage.requestsTo(1, 'ACK') as [SipRequest];
  return {
    invite,
    ack,
    async updates(forMs = 2_000_000) {
      await stage.clock.advance(forMs);
      return stage.requestsTo(1, 'UPDATE');
    },
  };
}

export const datatechlabs: Platform = {
  title: 'DataTechLabs',
  source: 'Its page "Voice API call with SIP UPDATE message". [The dialect](dialects/datatechlabs.md).',
  claims: {
    'POST /voice/call/callback': {
      leg_A: works(() => {
        expect(decode(body({ leg_A: legA({ from: '+12025550110' }) }))).toMatchObject({
          to: legA().to,
          from: '+12025550110',
        });
      }),
      leg_B: works(() => {
        expect(decode(body())).toMatchObject({ entry: { join: { to: legB().to } } });
      }),
    },
    'A leg': {
      to: works(async () => {
        expect(await dialled({})).toMatchObject({ uri: 'sip:1000123@pbx.example.com:5070' });
      }),
      from: works(() => {
        expect(decode(body({ leg_A: legA({ from: '1000125' }) })).from).toBe('1000125');
      }),
      sip_update: works(async () => {
        expect(await dialled({ sip_update: 900 })).toMatchObject({ updateSeconds: 900 });
      }),
      'osip_P-Asserted-Identity': works(async () => {
        const headers = [['P-Asserted-Identity', 'tel:+3312345678']];
        expect(await dialled({ 'osip_P-Asserted-Identity': 'tel:+3312345678' })).toMatchObject({ headers });
      }),
      osip_Privacy: works(async () => {
        expect(await dialled({ osip_Privacy: 'Id' })).toMatchObject({ headers: [['Privacy', 'Id']] });
      }),
    },
    'The INVITE of a leg': {
      'Session-Expires: 1800;refresher=uac': works(async () => {
        expect((await leg()).invite.headers.get('Session-Expires')).toBe('1800;refresher=uac');
      }),
      'Allow: UPDATE': works(async () => {
        expect((await leg()).invite.allow).toContain('UPDATE');
      }),
    },
    'The UPDATE of a leg': {
      'every 900 s': works(async () => {
        const { updates } = await leg();
        expect(await updates(890_000)).toHaveLength(0);
        expect(await updates(10_000)).toHaveLength(1);
        expect(await updates(900_000)).toHaveLength(2);
      }),
      'Call-ID': works(async () => {
        const { invite, updates } = await leg();
        expect((await updates()).map(({ callId }) => callId)).toEqual([invite.callId, invite.callId]);
      }),
      CSeq: works(async () => {
        const [first, second] = (await (await leg()).updates()).map(({ cseq }) => cseq?.number ?? 0);
        expect(second).toBe((first ?? 0) + 1);
      }),
      'Request-URI': works(async () => {
        const { ack, updates } = await leg();
        const [update] = await updates();
        expect(update?.uri).toBe(ack.uri);
        expect(update?.uri).toContain(phoneAddress(1));
      }),
      'Content-Length: 0': works(async () => {
        const [update] = await (await leg()).updates();
        expect([update?.headers.get('Content-Length'), update?.body.length]).toEqual(['0', 0]);
      }),
      Allow: works(async () => {
        const [update] = await (await leg()).updates();
        expect(update?.allow).toEqual(expect.arrayContaining(['ACK', 'INVITE', 'BYE', 'CANCEL', 'UPDATE']));
      }),
    },
  },
};
