import { describe, expect, it } from 'vitest';
import { Dialog } from '../../../sip/dialog/dialog.ts';
import { createResponse } from '../../../sip/message/create.ts';
import type { SipRequest } from '../../../sip/message/message.ts';
import { reply, request } from '../support/transactions.ts';

function invite(): SipRequest {
  const message = request('INVITE');
  message.headers.set('Contact', '<sip:alice@10.0.0.1>').set('CSeq', '7 INVITE');
  message.headers.set('Record-Route', ['<sip:p1;lr>', '<sip:p2;lr>']);
  return message;
}

function answered(status = 200) {
  const response = reply(invite(), status);
  response.headers.set('Contact', '<sip:bob@10.0.0.2>');
  return response;
}

describe('a dialog as its UAC has it (RFC 3261 §12.1.2)', () => {
  const dialog = () => Dialog.asUac(invite(), answered());

  it('is made by the response', () => {
    const { callId, localTag, remoteTag, state, isUac } = dialog();
    expect({ callId, localTag, remoteTag, state, isUac }).toEqual({
      callId: 'call',
      localTag: 'a',
      remoteTag: 'b',
      state: 'confirmed',
      isUac: true,
    });
    expect(dialog().routeSet.map(String)).toEqual(['<sip:p2;lr>', '<sip:p1;lr>']);
    expect(`${dialog().remoteTarget}`).toBe('sip:bob@10.0.0.2');
  });

  it('has Call-ID and our side from the request, whatever the response says of them', () => {
    const changed = answered();
    changed.headers.set('From', 'Eve <sip:eve@c>;tag=e').set('Call-ID', 'another');
    const { callId, localTag, localParty } = Dialog.asUac(invite(), changed);
    expect({ callId, localTag, localParty }).toEqual({
      callId: 'call',
      localTag: 'a',
      localParty: dialog().localParty,
    });
    expect(localParty).not.toContain('eve');
  });

  it('is early after a provisional, and computes its routes anew from the 2xx (§13.2.2.4)', () => {
    const early = Dialog.asUac(invite(), answered(180));
    expect(early.state).toBe('early');
    const accepted = answered();
    accepted.headers.set('Record-Route', '<sip:p3;lr>').set('Contact', '<sip:bob@10.0.0.7>');
    early.confirm(accepted);
    expect([early.state, early.routeSet.map(String), `${early.remoteTarget}`]).toEqual([
      'confirmed',
      ['<sip:p3;lr>'],
      'sip:bob@10.0.0.7',
    ]);
  });

  it('counts its requests up from the INVITE, while the ACK has the INVITE’s number', () => {
    const made = dialog();
    expect(
      [made.request('INFO'), made.request('BYE'), made.ack(7)].map(one => `${one.request.cseq}`),
    ).toEqual(['8 INFO', '9 BYE', '7 ACK']);
  });

  it('takes any number first from the peer, then only higher ones (§12.2.2)', () => {
    const made = dialog();
    const numbered = (number: number, method = 'INFO') => {
      const message = request(method);
      message.headers.set('CSeq', `${number} ${method}`);
      return made.accept(message);
    };
    expect([numbered(5), numbered(5), numbered(4), numbered(9), numbered(1, 'ACK')]).toEqual([
      true,
      false,
      false,
      true,
      true,
    ]);
  });

  it.each([
    ['INVITE', 'sip:moved@10.0.0.8'],
    ['UPDATE', 'sip:moved@10.0.0.8'],
    ['INFO', 'sip:bob@10.0.0.2'],
    ['BYE', 'sip:bob@10.0.0.2'],
  ])('the peer’s %s leaves its target at %s', (method, target) => {
    const made = dialog();
    const message = request(method);
    message.headers.set('Contact', '<sip:moved@10.0.0.8>');
    made.refreshTarget(message);
    expect(`${made.remoteTarget}`).toBe(target);
  });

  it('a peer without a To tag, as before RFC 3261, gets none back', () => {
    const old = createResponse(invite(), 200);
    const made = Dialog.asUac(invite(), old);
    expect([made.remoteTag, made.request('BYE').request.to?.tag]).toEqual(['', undefined]);
  });
});

describe('a dialog as its UAS has it (RFC 3261 §12.1.1)', () => {
  it('has the routes in the order of the request, the tags the other way round, and the peer’s number', () => {
    const made = Dialog.asUas(invite(), 'b', 'early');
    expect(made.routeSet.map(String)).toEqual(['<sip:p1;lr>', '<sip:p2;lr>']);
    expect([made.localTag, made.remoteTag, made.remoteSequence, made.isUac]).toEqual(['b', 'a', 7, false]);
    const bye = made.request('BYE').request;
    expect([bye.uri, bye.from?.tag, bye.to?.tag]).toEqual(['sip:alice@10.0.0.1', 'b', 'a']);
  });
});

describe('a dialog written down', () => {
  it('comes back the same, through JSON', () => {
    const made = Dialog.asUac(invite(), answered());
    made.request('INFO');
    const back = Dialog.restore(JSON.parse(JSON.stringify(made.snapshot())));
    expect(back.snapshot()).toEqual(made.snapshot());
    expect(back.id).toBe(made.id);
  });
});
