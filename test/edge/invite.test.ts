import { describe, expect, it } from 'vitest';
import type { SipTarget } from '../../core/sip-target.ts';
import type { EdgeOptions } from '../../edge/edge.ts';
import { DigestServer } from '../../sip/digest/server.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import {
  answerAt,
  answeringPhone,
  EdgeStage,
  OUTSIDE,
  type Phone,
  phoneAddress,
  ringingPhone,
} from './support/edge-stage.ts';

/** The INVITE that a target gets. */
async function inviteFor(
  target: Partial<SipTarget>,
  plan: Parameters<EdgeStage['plan']>[1] = {},
  options: Partial<EdgeOptions> = {},
): Promise<SipRequest> {
  const stage = await EdgeStage.open(options);
  await stage.phone(1, ringingPhone());
  await stage.plan([target], plan);
  stage.call({ maxForwards: 20 });
  await stage.clock.advance(100);
  const [invite] = stage.requestsTo(1, 'INVITE');
  if (invite === undefined) throw new Error(`No INVITE. ${stage.logs.join('\n')}`);
  return invite;
}

const audioOf = (request: SipRequest) => /m=audio (.*)\r\n/.exec(Buffer.from(request.body).toString())?.[1];

describe('the INVITE of a target', () => {
  it('goes to its URI, by its transport', async () => {
    const invite = await inviteFor({ uri: 'sip:kate@10.2.0.1;user=phone' });
    expect(invite.uri).toBe('sip:kate@10.2.0.1;user=phone;transport=udp');
    expect(invite.to?.uri.toString()).toBe('sip:kate@10.2.0.1;user=phone');
  });

  it.each(['tcp', 'tls'] as const)('by %s names that transport and takes it', async transport => {
    const stage = await EdgeStage.open();
    const protocol = transport === 'tcp' ? 'TCP' : 'TLS';
    const phone = ringingPhone();
    await stage.phone(1, phone, { transports: [stage.network.transport(phoneAddress(1), protocol)] });
    await stage.plan([{ transport }]);
    stage.call();
    await stage.clock.advance(100);
    expect(phone.calls[0]?.request.uri).toBe(`sip:bob@10.2.0.1;transport=${transport}`);
    expect(phone.calls[0]?.request.via?.transport).toBe(protocol);
  });

  it('comes from the caller id, with the caller name', async () => {
    const invite = await inviteFor({}, { callerId: '+33123456789', callerName: 'Jeanne "la" Tour' });
    expect(invite.headers.get('From')).toMatch(
      new RegExp(`^"Jeanne \\\\"la\\\\" Tour" <sip:\\+33123456789@${OUTSIDE}>;tag=`),
    );
  });

  it('comes from a SIP URI as it stands where the caller id is one, and is reached here by its user', async () => {
    const invite = await inviteFor({}, { callerId: 'sip:alice@example.com' });
    expect(invite.from?.uri.toString()).toBe('sip:alice@example.com');
    expect(invite.contact?.uri.toString()).toBe(`sip:alice@${OUTSIDE}:5060`);
  });

  it('carries its headers in their order, and one Max-Forwards less than came in', async () => {
    const invite = await inviteFor({
      headers: [
        ['P-Asserted-Identity', '<tel:+33123456789>'],
        ['Privacy', 'id'],
        ['X-Customer', 'Müller; Söhne'],
      ],
    });
    const names = [...invite.headers].map(([name]) => name);
    expect(names.filter(name => /^(?:P-|X-|Privacy)/.test(name))).toEqual([
      'P-Asserted-Identity',
      'Privacy',
      'X-Customer',
    ]);
    expect(invite.headers.get('X-Customer')).toBe('Müller; Söhne');
    expect(invite.maxForwards).toBe(19);
  });

  it('shows nothing of the inside leg', async () => {
    const invite = await inviteFor({});
    expect(`${[...invite.headers].join('\n')}`).not.toContain('abcdefghijklmnopqrstuvwx');
    expect([...invite.headers].some(([name]) => /dialplane-token/i.test(name))).toBe(false);
  });

  it('whose headers could break out of their line is not sent, and its branch fails', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, ringingPhone());
    await stage.plan([{ headers: [['X-A', 'a\r\nVia: evil']] }]);
    const call = stage.call();
    await stage.clock.advance(100);
    expect([stage.requestsTo(1, 'INVITE').length, call.failed?.status]).toEqual([0, 500]);
    expect(stage.told).toEqual(['1 completed failed']);
  });

  it.each(['', 'nonsense', 'tel:+1555', 'sip:', 'sip:a@b@c'])(
    'to %j is not sent, and its branch fails',
    async uri => {
      const stage = await EdgeStage.open();
      await stage.plan([{ uri }]);
      const call = stage.call();
      await stage.clock.advance(100);
      expect(call.failed?.status).toBe(500);
      expect(stage.told).toEqual(['1 completed failed']);
    },
  );
});

describe('the codecs that are offered', () => {
  it.each<[SipTarget['codecs'], string]>([
    [['PCMU'], '5000 RTP/AVP 0 101'],
    [['PCMU', 'PCMA'], '5000 RTP/AVP 0 8 101'],
    [['PCMA', 'PCMU'], '5000 RTP/AVP 8 0 101'],
    [['G722', 'PCMU', 'G729'], '5000 RTP/AVP 9 0 18 101'],
    [['OPUS', 'PCMU'], '5000 RTP/AVP 111 0 101'],
  ])('%j are %s, in this order and nothing else', async (codecs, audio) => {
    expect(audioOf(await inviteFor({ codecs }))).toBe(audio);
  });

  it('have their rtpmaps, and everything else of the description stands as it came', async () => {
    const invite = await inviteFor({ codecs: ['OPUS', 'PCMU'] });
    expect(Buffer.from(invite.body).toString().split('\r\n').slice(5, -1)).toEqual([
      'm=audio 5000 RTP/AVP 111 0 101',
      'a=rtpmap:111 opus/48000/2',
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-15',
      'a=ptime:20',
    ]);
  });

  it('without PCMU need a relay: the branch fails with 488, and says why', async () => {
    const stage = await EdgeStage.open();
    await stage.plan([{ codecs: ['OPUS'] }]);
    const call = stage.call();
    await stage.clock.advance(100);
    expect([call.failed?.status, stage.requestsTo(1, 'INVITE')]).toEqual([488, []]);
    expect(stage.logs.join()).toContain('OPUS cannot be offered');
  });

  it('of which the answer takes another than PCMU: ACK, BYE, and the branch fails with 488', async () => {
    const stage = await EdgeStage.open();
    const phone = answeringPhone(stage, 1, { payloads: '8 101' });
    await stage.phone(1, phone);
    await stage.plan([{ codecs: ['PCMA', 'PCMU'] }]);
    const call = stage.call();
    await stage.clock.advance(2_000);
    expect([call.failed?.status, phone.sessions[0]?.end?.by]).toEqual([488, 'remote']);
    expect(stage.told).toEqual(['1 ringing', '1 completed failed']);
  });

  it('and the answer: the inside leg hears of PCMU and telephone-event only', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, answeringPhone(stage, 1, { payloads: '0 8 101' }));
    await stage.plan([{}]);
    const call = stage.call();
    await stage.clock.advance(2_000);
    expect(call.session?.remoteSdp).toContain('m=audio 4000 RTP/AVP 0 101\r\n');
  });
});

describe('session timers in the INVITE', () => {
  it.each<[Partial<SipTarget>, string]>([
    [{}, '1800'],
    [{ sessionTimeoutSeconds: 600 }, '600'],
    // RFC 4028 §4: nothing under 90 s.
    [{ sessionTimeoutSeconds: 30 }, '90'],
    [{ updateSeconds: 900 }, '1800;refresher=uac'],
    [{ updateSeconds: 30 }, '90;refresher=uac'],
    [{ updateSeconds: 900, sessionTimeoutSeconds: 3_600 }, '3600;refresher=uac'],
  ])('of %j are Session-Expires %s', async (target, expected) => {
    const invite = await inviteFor(target);
    expect(invite.headers.get('Session-Expires')).toBe(expected);
    expect(invite.supported).toContain('timer');
    expect(invite.allow).toContain('UPDATE');
  });
});

describe('a target that asks for credentials', () => {
  const sealed = { ciphertext: Buffer.from('s3cret').toString('base64') };

  function guarded(stage: EdgeStage, challenger: 401 | 407, seen: SipRequest[]): Phone {
    const server = new DigestServer({
      realm: 'pbx',
      key: new Uint8Array(16),
      clock: stage.clock,
      random: stage.random,
      challenger: challenger === 401 ? 'server' : 'proxy',
      secretOf: username => (username === 'kate' ? { password: 's3cret' } : undefined),
    } as ConstructorParameters<typeof DigestServer>[0]);
    return invitation => {
      seen.push(invitation.request);
      void server.verify(invitation.request).then(verdict => {
        if (verdict.ok) invitation.accept({ sdp: answerAt(phoneAddress(1)) });
        else {
          const { status, headers } = server.challenge(verdict.stale);
          invitation.reject(status, { headers });
        }
      });
    };
  }

  it.each([401, 407] as const)('with %i gets them, once, and the call goes on', async challenger => {
    const stage = await EdgeStage.open();
    const seen: SipRequest[] = [];
    await stage.phone(1, guarded(stage, challenger, seen));
    await stage.plan([{ credentials: { username: 'kate', password: sealed }, headers: [['X-Case', '42']] }]);
    const call = stage.call();
    await stage.clock.advance(1_000);
    expect(call.session).toBeDefined();
    expect(seen.map(({ cseq }) => cseq?.number)).toEqual([1, 2]);
    expect(seen[1]?.headers.get('X-Case')).toBe('42');
  });

  it('and the password is wrong: that branch ends as failed with the code, the others go on', async () => {
    const stage = await EdgeStage.open();
    const seen: SipRequest[] = [];
    await stage.phone(1, guarded(stage, 401, seen));
    await stage.phone(2, answeringPhone(stage, 2));
    const wrong = { ciphertext: Buffer.from('guess').toString('base64') };
    await stage.plan([{ credentials: { username: 'kate', password: wrong } }, {}]);
    const call = stage.call();
    await stage.clock.advance(3_000);
    expect(seen).toHaveLength(2);
    expect(stage.told).toContain('1 completed failed');
    expect(stage.plans.reports.at(-1)?.branches[0]?.sipCode).toBe(401);
    expect(stage.logs.join()).toContain('credentials refused');
    expect(call.session).toBeDefined();
  });

  it('and there are none: 403 inside, as its challenge is not the inside leg’s to answer', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, guarded(stage, 407, []));
    await stage.plan([{}]);
    const call = stage.call();
    await stage.clock.advance(1_000);
    expect(call.failed?.status).toBe(403);
  });

  it('and they cannot be opened: nobody is called, and the branch fails', async () => {
    const stage = await EdgeStage.open({
      unseal: async () => {
        throw new Error('KMS says no.');
      },
    });
    await stage.phone(1, ringingPhone());
    await stage.plan([{ credentials: { username: 'kate', password: sealed } }]);
    const call = stage.call();
    await stage.clock.advance(1_000);
    expect([call.failed?.status, stage.requestsTo(1, 'INVITE').length]).toEqual([500, 0]);
    expect(stage.told).toEqual(['1 completed failed']);
  });

  it('never finds the password in a log, an event, a report or the journal', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, guarded(stage, 401, []));
    await stage.plan([{ credentials: { username: 'kate', password: sealed } }]);
    stage.call();
    await stage.clock.advance(1_000);
    const everything = [stage.logs, stage.events, stage.plans.reports, await stage.journal.all()];
    expect(JSON.stringify(everything)).not.toContain('s3cret');
    expect(JSON.stringify(stage.network.passages.map(({ message }) => [...message.headers]))).not.toContain(
      's3cret',
    );
  });
});
