import { describe, expect, it } from 'vitest';
import { MAX_CONTACT_CHARACTERS, MAX_CONTACTS } from '../../core/registration.ts';
import { edgeLimits } from '../../edge/guard.ts';
import { type DigestAlgorithm, digestAlgorithm } from '../../sip/digest/algorithm.ts';
import { digestResponse } from '../../sip/digest/response.ts';
import { ACCOUNT, ClientStage, client, PASSWORD } from './support/client-stage.ts';
import { answeringPhone, OUTSIDE, refusingPhone, ringingPhone } from './support/edge-stage.ts';

const PHONE = '10.2.0.1';

describe('a client registers (RFC 3261 §10.3)', () => {
  it('is challenged for SHA-256 and MD5 in its account’s realm, and bound once it knows the password', async () => {
    const staged = await ClientStage.open();
    const response = await staged.register(await staged.phone(PHONE));
    expect(response?.status).toBe(200);
    expect(response?.headers.get('Contact')).toBe('<sip:10.2.0.1:5060>;expires=600;q=1');
    expect(staged.clients.contacts(ACCOUNT, 'alice')).toEqual(['sip:10.2.0.1:5060']);
    const [refusal] = staged.stage.network.passages
      .map(({ message }) => message)
      .filter(message => !message.isRequest);
    const challenges = refusal?.headers.all('WWW-Authenticate').map(String) ?? [];
    expect(challenges.map(text => /algorithm=([\w-]+)/.exec(text)?.[1])).toEqual(['SHA-256', 'MD5']);
    expect(challenges.every(text => text.includes(`realm="${ACCOUNT}"`))).toBe(true);
  });

  it('gives up at SHA-256, as some phones do: it is offered MD5 alone when it comes again', async () => {
    const staged = await ClientStage.open();
    const phone = await staged.phone(PHONE);
    const offered = async () => {
      const refusal = await staged.register(phone, { credentials: false });
      return refusal?.headers.all('WWW-Authenticate').map(text => /algorithm=([\w-]+)/.exec(`${text}`)?.[1]);
    };
    expect([await offered(), await offered(), await offered()]).toEqual([
      ['SHA-256', 'MD5'],
      ['MD5'],
      ['MD5'],
    ]);
    expect((await staged.register(phone))?.status).toBe(200);
    expect(await offered()).toEqual(['MD5']);
    // Another one at the same address has shown no such weakness.
    expect((await staged.register(phone, { name: 'bob' }))?.status).toBe(200);
    await staged.stage.clock.advance(24 * 60 * 60_000);
    expect(await offered()).toEqual(['SHA-256', 'MD5']);
  });

  it('is not kept from SHA-256 by another port of its address that sends in its name', async () => {
    const staged = await ClientStage.open();
    const phone = await staged.phone(PHONE);
    const { stage } = staged;
    const other = await stage.agent(PHONE, { transports: [stage.network.transport(PHONE, 'UDP', 5_070)] });
    await staged.register(other, { credentials: false });
    const refusal = await staged.register(phone, { credentials: false });
    expect(refusal?.headers.all('WWW-Authenticate')).toHaveLength(2);
  });

  it('is taken at its SHA-256, though it was offered MD5 alone', async () => {
    const staged = await ClientStage.open();
    const phone = await staged.phone(PHONE);
    const refusal = await staged.register(phone, { credentials: false });
    for (let n = 0; n < 2; n++) await staged.register(phone, { credentials: false });
    const [challenge] = refusal?.headers.all('WWW-Authenticate') ?? [];
    const nonce = /nonce="([^"]*)"/.exec(`${challenge}`)?.[1] ?? '';
    const algorithm = digestAlgorithm('SHA-256') as DigestAlgorithm;
    const asked = { algorithm, username: 'alice', realm: ACCOUNT, secret: { password: PASSWORD }, nonce };
    const uri = `sip:${ACCOUNT}`;
    const response = digestResponse({
      ...asked,
      method: 'REGISTER',
      uri,
      qop: 'auth',
      nc: '00000001',
      cnonce: 'c',
      body: Buffer.alloc(0),
    });
    const Authorization = `Digest username="alice", realm="${ACCOUNT}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=SHA-256, qop=auth, nc=00000001, cnonce="c"`;
    const answer = await staged.register(phone, { credentials: false, headers: { Authorization } });
    expect(answer?.status).toBe(200);
  });

  it('is not silenced by passwords for nonces that it was not given: they are not even looked at', async () => {
    const staged = await ClientStage.open();
    const phone = await staged.phone(PHONE);
    const Authorization = `Digest username="alice", realm="${ACCOUNT}", nonce="made-up", uri="sip:${ACCOUNT}", response="0"`;
    for (let n = 0; n < 2 * edgeLimits.wrongPasswords; n++) {
      const refusal = await staged.register(phone, { credentials: false, headers: { Authorization } });
      expect(refusal?.headers.get('WWW-Authenticate')).toContain('stale=true');
      await staged.stage.clock.advance(500);
    }
    expect((await staged.register(phone))?.status).toBe(200);
  });

  it('that has answered once goes on being offered both', async () => {
    const staged = await ClientStage.open();
    const phone = await staged.phone(PHONE);
    await staged.register(phone);
    const refusal = await staged.register(phone, { credentials: false });
    expect(refusal?.headers.all('WWW-Authenticate')).toHaveLength(2);
  });

  it('is asked again for a password that is wrong, or for a client that there is not, and bound to nothing', async () => {
    const staged = await ClientStage.open();
    const phone = await staged.phone(PHONE);
    expect((await staged.register(phone, { password: 'incorrect-horse' }))?.status).toBe(401);
    expect((await staged.register(phone, { name: 'mallory' }))?.status).toBe(401);
    expect(staged.clients.contacts(ACCOUNT, 'alice')).toEqual([]);
  });

  it('may register nobody but itself', async () => {
    const staged = await ClientStage.open();
    const phone = await staged.phone(PHONE);
    const response = await staged.register(phone, { name: 'bob', address: `sip:alice@${ACCOUNT}` });
    expect(response?.status).toBe(403);
    expect(staged.clients.contacts(ACCOUNT, 'alice')).toEqual([]);
  });

  it.each(['sip:alice@example.com', `sip:-alice@${ACCOUNT}`, `sip:${ACCOUNT}`])(
    'not as %s: 404',
    async address => {
      const staged = await ClientStage.open();
      expect((await staged.register(await staged.phone(PHONE), { address }))?.status).toBe(404);
    },
  );

  it('is known by the first label of the domain, in any case', async () => {
    const staged = await ClientStage.open();
    const address = `sip:alice@${ACCOUNT.toLowerCase()}.sip.example.com`;
    expect((await staged.register(await staged.phone(PHONE), { address }))?.status).toBe(200);
    expect(staged.clients.contacts(ACCOUNT, 'alice')).toHaveLength(1);
  });

  it('lists and removes its contacts', async () => {
    const staged = await ClientStage.open();
    const phone = await staged.phone(PHONE);
    await staged.register(phone, { contact: '<sip:a@10.2.0.1>' });
    await staged.register(phone, { contact: '<sip:b@10.2.0.1>;q=0.5' });
    await staged.register(phone, { contact: '<sip:a@10.2.0.1>;expires=0' });
    expect(staged.clients.contacts(ACCOUNT, 'alice')).toEqual(['sip:b@10.2.0.1']);
    const removed = await staged.register(phone, { contact: '*', seconds: 0 });
    expect([removed?.status, staged.clients.contacts(ACCOUNT, 'alice')]).toEqual([200, []]);
  });

  it(`has ${MAX_CONTACTS} contacts and no more, of ${MAX_CONTACT_CHARACTERS} characters and no more`, async () => {
    const staged = await ClientStage.open();
    const phone = await staged.phone(PHONE);
    const longest = `sip:${'a'.repeat(MAX_CONTACT_CHARACTERS - 'sip:@10.2.0.1'.length)}@10.2.0.1`;
    expect((await staged.register(phone, { contact: `<sip:a${longest.slice(4)}>` }))?.status).toBe(403);
    expect((await staged.register(phone, { contact: `<${longest}>` }))?.status).toBe(200);
    for (let n = 1; n < MAX_CONTACTS; n++)
      expect((await staged.register(phone, { contact: `<sip:${n}@10.2.0.1>` }))?.status).toBe(200);
    expect((await staged.register(phone, { contact: '<sip:more@10.2.0.1>' }))?.status).toBe(403);
    expect(staged.clients.contacts(ACCOUNT, 'alice')).toHaveLength(MAX_CONTACTS);
  });

  it('loses nothing when two phones register at the same moment', async () => {
    const staged = await ClientStage.open();
    const [one, other] = [await staged.phone('10.2.0.1'), await staged.phone('10.2.0.2')];
    const answers = await Promise.all([staged.register(one), staged.register(other)]);
    expect(answers.map(answer => answer?.status)).toEqual([200, 200]);
    expect(staged.clients.contacts(ACCOUNT, 'alice').toSorted()).toEqual([
      'sip:10.2.0.1:5060',
      'sip:10.2.0.2:5060',
    ]);
  });

  it('is told to try later when it cannot be written down', async () => {
    const staged = await ClientStage.open();
    staged.clients.before = async () => {
      throw new Error('The table is away.');
    };
    const response = await staged.register(await staged.phone(PHONE));
    expect([response?.status, response?.headers.get('Retry-After')]).toEqual([503, '5']);
  });

  it('has no registrar on an edge without clients: 405', async () => {
    const staged = await ClientStage.open({ clients: undefined });
    expect((await staged.register(await staged.phone(PHONE)))?.status).toBe(405);
  });

  it(`is not answered any more after ${edgeLimits.wrongPasswords} wrong passwords, for a minute`, async () => {
    const staged = await ClientStage.open();
    const phone = await staged.phone(PHONE);
    const { clock } = staged.stage;
    for (let n = 0; n < edgeLimits.wrongPasswords - 1; n++) {
      expect((await staged.register(phone, { password: `guess-${n}` }))?.status).toBe(401);
      await clock.advance(500);
    }
    expect((await staged.register(phone))?.status).toBe(200);
    await clock.advance(2_000);
    // Some of them are forgotten by then.
    for (let n = 0; n < 2; n++) await staged.register(phone, { password: `another-${n}` });
    expect(await staged.register(phone)).toBeUndefined();
    await clock.advance(edgeLimits.silenceMs);
    expect((await staged.register(phone))?.status).toBe(200);
  });
});

describe('a client is called', () => {
  it('by every contact at once, as one call; the first that answers is joined, the others are cancelled', async () => {
    const staged = await ClientStage.open();
    const { stage } = staged;
    const [desk, mobile] = ['10.2.0.1', '10.2.0.2'];
    await staged.register(await staged.phone(desk, ringingPhone()), { contact: '<sip:desk@10.2.0.1>' });
    await staged.register(await staged.phone(mobile, answeringPhone(stage, 2)));
    await staged.dialTo(client('alice'));
    const call = stage.call();
    await stage.clock.advance(3_000);
    expect(call.session?.remoteSdp).toContain(mobile);
    const [invite] = stage.requestsTo(1, 'INVITE');
    expect([invite?.uri, `${invite?.to?.uri}`]).toEqual(['sip:desk@10.2.0.1', `sip:alice@${ACCOUNT}`]);
    expect(stage.requestsTo(1, 'CANCEL')[0]?.headers.get('Reason')).toContain('Call completed elsewhere');
    call.session?.bye();
    await stage.clock.advance(1_000);
    expect(stage.requestsTo(2, 'BYE')).toHaveLength(1);
    expect(stage.told).toEqual(['1 ringing', '1 answered', '1 completed completed']);
    const [branch] = stage.plans.reports.at(-1)?.branches ?? [];
    expect([branch?.sipCode, branch?.sipCallId]).toEqual([200, stage.requestsTo(2, 'INVITE')[0]?.callId]);
  });

  it('where its REGISTER came from, whatever its contact says; so are requests in the call', async () => {
    const staged = await ClientStage.open();
    const { stage } = staged;
    const phone = await staged.phone(PHONE, invitation => {
      invitation.accept({ sdp: invitation.sdp ?? '', headers: { Contact: '<sip:alice@192.168.1.7:5062>' } });
    });
    await staged.register(phone, { contact: '<sip:alice@192.168.1.7:5062>' });
    await staged.dialTo(client('alice'));
    const call = stage.call();
    await stage.clock.advance(1_000);
    call.session?.bye();
    await stage.clock.advance(1_000);
    const uris = ['INVITE', 'ACK', 'BYE'].map(method => stage.requestsTo(1, method)[0]?.uri);
    expect(uris[0]).toBe('sip:alice@192.168.1.7:5062');
    expect(uris.every(uri => uri !== undefined)).toBe(true);
    expect(stage.network.passages.some(({ to }) => to.address === '192.168.1.7')).toBe(false);
  });

  it('over the transport that it registered by (B20)', async () => {
    const staged = await ClientStage.open();
    const { stage } = staged;
    await staged.register(await staged.phone(PHONE, ringingPhone(), 'TCP'));
    await staged.dialTo(client('alice'));
    stage.call();
    await stage.clock.advance(1_000);
    expect(`${stage.requestsTo(1, 'INVITE')[0]?.headers.get('Via')}`).toContain('SIP/2.0/TCP');
  });

  it('through the proxies of its Path (RFC 3327 §5.1)', async () => {
    const staged = await ClientStage.open();
    const { stage } = staged;
    const phone = await staged.phone(PHONE, ringingPhone());
    await staged.register(phone, {
      contact: '<sip:alice@192.168.1.7>',
      headers: { Path: '<sip:10.2.0.1;lr>' },
    });
    await staged.dialTo(client('alice'));
    stage.call();
    await stage.clock.advance(1_000);
    expect(stage.requestsTo(1, 'INVITE')[0]?.headers.get('Route')).toBe('<sip:10.2.0.1;lr>');
  });

  it('after the edge was restarted, too', async () => {
    const staged = await ClientStage.open();
    const { stage, clients } = staged;
    const phone = await staged.phone(PHONE, answeringPhone(stage, 1));
    await staged.register(phone);
    await stage.edge.stop();
    stage.edge = await stage.startEdge({ clients });
    await staged.dialTo(client('alice'));
    const call = stage.call();
    await stage.clock.advance(3_000);
    expect(call.session).toBeDefined();
  });

  it.each([
    ['never registered', async () => {}],
    ['whose registration has expired', (staged: ClientStage) => staged.stage.clock.advance(600_000)],
    [
      'that has another password by now',
      async ({ clients }: ClientStage) => clients.set(ACCOUNT, 'alice', 'another'),
    ],
    ['that was deleted', async ({ clients }: ClientStage) => clients.remove(ACCOUNT, 'alice')],
    [
      'that was deleted and made again',
      async ({ clients }: ClientStage) => {
        clients.remove(ACCOUNT, 'alice');
        clients.set(ACCOUNT, 'alice', PASSWORD);
      },
    ],
  ])('%s: 480, failed, and nobody rings', async (_, happens) => {
    const staged = await ClientStage.open();
    const { stage } = staged;
    if (_ !== 'never registered') await staged.register(await staged.phone(PHONE, ringingPhone()));
    await happens(staged);
    await staged.dialTo(client('alice'));
    const call = stage.call();
    await stage.clock.advance(1_000);
    expect([call.failed?.status, stage.told]).toEqual([480, ['1 completed failed']]);
    expect(stage.requestsTo(1, 'INVITE')).toEqual([]);
    expect(stage.logs.join()).toContain('client not registered');
  });

  it('that is not there spoils nothing for the others (D04)', async () => {
    const staged = await ClientStage.open();
    const { stage } = staged;
    await staged.phone('10.2.0.2', answeringPhone(stage, 2));
    await staged.dialTo(client('alice'), {});
    const call = stage.call();
    await stage.clock.advance(3_000);
    expect(call.session).toBeDefined();
    expect(stage.told).toContain('1 completed failed');
  });

  it('whose contacts all refuse has refused, as the best of them did', async () => {
    const staged = await ClientStage.open();
    const { stage } = staged;
    await staged.register(await staged.phone('10.2.0.1', refusingPhone(486)));
    await staged.register(await staged.phone('10.2.0.2', refusingPhone(404)));
    await staged.dialTo(client('alice'));
    const call = stage.call();
    await stage.clock.advance(1_000);
    expect([call.failed?.status, stage.told]).toEqual([486, ['1 completed busy']]);
  });

  it('and given up: every contact is cancelled, and the call ends once', async () => {
    const staged = await ClientStage.open();
    const { stage } = staged;
    await staged.register(await staged.phone('10.2.0.1', ringingPhone()));
    await staged.register(await staged.phone('10.2.0.2', ringingPhone()));
    await staged.dialTo(client('alice'));
    const call = stage.call();
    await stage.clock.advance(1_000);
    call.outgoing.cancel();
    await stage.clock.advance(1_000);
    expect([1, 2].map(n => stage.requestsTo(n, 'CANCEL').length)).toEqual([1, 1]);
    expect(stage.told).toEqual(['1 ringing', '1 completed canceled']);
  });

  it('of another account is another client', async () => {
    const staged = await ClientStage.open();
    const { stage, clients } = staged;
    clients.set('AC2', 'alice', PASSWORD);
    await staged.register(await staged.phone(PHONE, ringingPhone()));
    await stage.plan([client('alice')], { accountSid: 'AC2' });
    const call = stage.call();
    await stage.clock.advance(1_000);
    expect(call.failed?.status).toBe(480);
  });

  it('is shown the caller, and nothing of the platform’s own', async () => {
    const staged = await ClientStage.open();
    const { stage } = staged;
    await staged.register(await staged.phone(PHONE, ringingPhone()));
    await staged.dialTo(client('alice'));
    stage.call();
    await stage.clock.advance(1_000);
    const [invite] = stage.requestsTo(1, 'INVITE');
    expect(`${invite?.from?.uri}`).toBe(`sip:+15550100@${OUTSIDE}`);
    expect([...(invite?.headers ?? [])].filter(([name]) => /^x-/i.test(name))).toEqual([]);
  });
});
