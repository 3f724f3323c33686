import { describe, expect, it } from 'vitest';
import type { Binding } from '../../../sip/registrar/bindings.ts';
import { holdFlow, type RegistrarLimits } from '../../../sip/registrar/register.ts';
import { Registrar } from '../../../sip/registrar/registrar.ts';
import type { Flow } from '../../../sip/transport/transport.ts';
import { parseUri } from '../../../sip/uri/uri.ts';
import { Stage } from '../support/stage.ts';

const AOR = 'sip:alice@example.com';
const REGISTRAR = 'sip:10.0.0.2';

async function staged(limits: Partial<RegistrarLimits> = {}) {
  const stage = new Stage();
  const alice = await stage.agent('10.0.0.1');
  const bob = await stage.agent('10.0.0.2');
  const registrar = new Registrar({
    clock: stage.clock,
    limits,
    serves: uri => `${uri}`.endsWith('@example.com'),
  });
  bob.onRequest = incoming => registrar.receive(incoming);
  let sequence = 1;
  const register = async (
    headers: Record<string, string>,
    more: { callId?: string; sequence?: number; to?: string } = {},
  ) => {
    const { Contact: contact = '', ...rest } = headers;
    const answer = alice.request({
      method: 'REGISTER',
      uri: REGISTRAR,
      from: AOR,
      to: AOR,
      callId: 'registration',
      sequence: sequence++,
      headers: contact === '' ? rest : { ...rest, Contact: contact },
      ...more,
    });
    await stage.settle();
    return answer;
  };
  const bound = () => registrar.bindings(parseUri(AOR)).map(binding => `${binding.contact}`);
  return { stage, alice, registrar, register, bound };
}

describe('a registrar (RFC 3261 §10.3)', () => {
  it('binds several contacts, the preferred first, and lists them with their times', async () => {
    const { register, bound } = await staged();
    await register({ Contact: '<sip:a@10.0.0.1>;q=0.5', Expires: '600' });
    const response = await register({ Contact: '<sip:b@10.0.0.1>;expires=300' });
    expect(bound()).toEqual(['sip:b@10.0.0.1', 'sip:a@10.0.0.1']);
    expect(response.headers.all('Contact')).toEqual([
      '<sip:b@10.0.0.1>;expires=300;q=1',
      '<sip:a@10.0.0.1>;expires=600;q=0.5',
    ]);
  });

  it('lets a binding expire', async () => {
    const { stage, register, bound } = await staged();
    await register({ Contact: '<sip:a@10.0.0.1>;expires=60' });
    await stage.clock.advance(59_999);
    expect(bound()).toHaveLength(1);
    await stage.clock.advance(1);
    expect(bound()).toEqual([]);
  });

  it('refreshes a binding whatever the spelling of its contact', async () => {
    const { register, bound } = await staged();
    await register({ Contact: '<sip:a@PC.example.com;transport=tcp>' });
    await register({ Contact: '<sip:%61@pc.example.com;transport=TCP>' });
    expect(bound()).toHaveLength(1);
  });

  it('removes one contact with expires=0 and all with *', async () => {
    const { register, bound } = await staged();
    await register({ Contact: '<sip:a@10.0.0.1>, <sip:b@10.0.0.1>' });
    await register({ Contact: '<sip:a@10.0.0.1>;expires=0' });
    expect(bound()).toEqual(['sip:b@10.0.0.1']);
    expect((await register({ Contact: '*' })).status).toBe(400);
    expect((await register({ Contact: '*', Expires: '0' })).status).toBe(200);
    expect(bound()).toEqual([]);
  });

  it('refuses too short a time with 423 and Min-Expires, and lowers too long a one', async () => {
    const { register } = await staged({ minSeconds: 120, maxSeconds: 1_000 });
    const short = await register({ Contact: '<sip:a@10.0.0.1>;expires=60' });
    expect([short.status, short.headers.get('Min-Expires')]).toEqual([423, '120']);
    const long = await register({ Contact: '<sip:a@10.0.0.1>;expires=99999' });
    expect(long.headers.get('Contact')).toContain('expires=1000');
  });

  it('refuses a request that is older than the binding it would change, whole', async () => {
    const { register, bound } = await staged();
    await register({ Contact: '<sip:a@10.0.0.1>' }, { sequence: 10 });
    const old = await register({ Contact: '<sip:b@10.0.0.1>, <sip:a@10.0.0.1>;expires=0' }, { sequence: 9 });
    expect([old.status, bound()]).toEqual([500, ['sip:a@10.0.0.1']]);
    const rebooted = await register(
      { Contact: '<sip:a@10.0.0.1>;expires=0' },
      { callId: 'another', sequence: 1 },
    );
    expect([rebooted.status, bound()]).toEqual([200, []]);
  });

  it('refuses more contacts than it allows, and addresses that it does not serve', async () => {
    const { register } = await staged({ contacts: 1 });
    expect((await register({ Contact: '<sip:a@10.0.0.1>, <sip:b@10.0.0.1>' })).status).toBe(403);
    expect((await register({ Contact: '<sip:a@10.0.0.1>' }, { to: 'sip:x@elsewhere.example' })).status).toBe(
      404,
    );
  });

  it('keeps the Path to a contact and says so (RFC 3327)', async () => {
    const { register, registrar } = await staged();
    const path = ['<sip:edge1.example.com;lr>', '<sip:edge2.example.com;lr>'];
    const response = await register({ Contact: '<sip:a@10.0.0.1>', Path: path.join(', ') });
    expect(response.headers.all('Path')).toEqual(path);
    expect(registrar.bindings(parseUri(AOR))[0]?.path.map(String)).toEqual(path);
  });

  it('keeps where the REGISTER came from, which a contact behind a NAT does not say (RFC 3581)', async () => {
    const { register, registrar } = await staged();
    await register({ Contact: '<sip:a@192.168.1.7:5062>' });
    expect(registrar.bindings(parseUri(AOR))[0]?.received).toEqual({
      protocol: 'UDP',
      address: '10.0.0.1',
      port: 5060,
    });
  });
});

describe('a registration (RFC 3261 §10.2)', () => {
  it('binds the agent’s own contact and refreshes it before it expires', async () => {
    const { stage, alice, bound } = await staged({ maxSeconds: 120 });
    const registration = alice.register(REGISTRAR, { address: AOR, seconds: 600 });
    const granted: number[] = [];
    registration.on('registered', seconds => granted.push(seconds));
    await stage.clock.advance(300_000);
    expect(granted).toEqual([120, 120, 120, 120]);
    expect(bound()).toEqual(['sip:10.0.0.1:5060']);
    const callIds = stage.network.passages.map(({ message }) => message.callId);
    expect(new Set(callIds).size).toBe(1);
  });

  it('asks for longer after 423', async () => {
    const { stage, alice } = await staged({ minSeconds: 200 });
    const registration = alice.register(REGISTRAR, { address: AOR, seconds: 60 });
    const granted: number[] = [];
    registration.on('registered', seconds => granted.push(seconds));
    await stage.settle();
    expect(granted).toEqual([200]);
  });

  it('ends its binding', async () => {
    const { stage, alice, bound } = await staged();
    const registration = alice.register(REGISTRAR, { address: AOR });
    await stage.settle();
    const ended = registration.end();
    await stage.settle();
    expect([(await ended).status, bound()]).toEqual([200, []]);
    await stage.clock.drain();
    expect(stage.clock.pending).toBe(0);
  });

  it('tries again after 30 s, then 60 s, while nobody answers it well', async () => {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1');
    const bob = await stage.agent('10.0.0.2');
    const at: number[] = [];
    const start = stage.clock.now();
    bob.onRequest = incoming => {
      at.push(stage.clock.now() - start);
      incoming.respond(500);
    };
    const registration = alice.register(REGISTRAR, { address: AOR });
    const failures: number[] = [];
    registration.on('failed', (_error, seconds) => failures.push(seconds));
    await stage.clock.advance(100_000);
    expect([at, failures]).toEqual([
      [0, 30_000, 90_000],
      [30, 60, 120],
    ]);
    registration.stop();
  });
});

describe('a flow that somebody has registered by', () => {
  it('is held until the last of the contacts that are reached by it has expired, and for no others', async () => {
    const { registrar, register, stage } = await staged();
    await register({ Contact: '<sip:a@10.0.0.1>;expires=600, <sip:b@10.0.0.1>;expires=300' });
    const bindings = registrar.bindings(parseUri(AOR));
    const [binding] = bindings;
    const flow = (port: number): Flow => ({
      protocol: 'TCP',
      local: { address: '10.0.0.2', port: 5_060 },
      remote: { address: '10.0.0.1', port },
      open: true,
      send: () => {},
    });
    const [own, other] = [flow(binding?.received.port ?? 0), flow(40_000)];
    const untilMs = stage.clock.now() + 600_000;
    for (const each of [own, other]) holdFlow(each, bindings);
    expect([own.registeredUntilMs, other.registeredUntilMs]).toEqual([untilMs, undefined]);
    // Another line of the same phone, for a shorter time.
    holdFlow(own, [{ ...(binding as Binding), expiresAt: untilMs - 1 }]);
    expect(own.registeredUntilMs).toBe(untilMs);
  });
});
