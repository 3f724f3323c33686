import { describe, expect, it } from 'vitest';
import { EdgeFull } from '../../edge/edge.ts';
import { networks } from '../../edge/networks.ts';
import type { Transport } from '../../sip/transport/transport.ts';
import {
  answeringPhone,
  CONNECTOR_SDP,
  EdgeStage,
  INSIDE,
  OUTSIDE,
  ringingPhone,
} from './support/edge-stage.ts';

const STRANGER = '10.3.0.7';

/** A listener that names another address than its own, as one behind a NAT does. */
function advertising(stage: EdgeStage, address: string, host: string): Transport {
  const transport = stage.network.transport(address);
  return {
    protocol: transport.protocol,
    local: transport.local,
    advertised: { host },
    listen: receiver => transport.listen(receiver),
    flowTo: target => transport.flowTo(target),
    close: () => transport.close(),
  };
}

describe('a token', () => {
  it('that is unknown is 404', async () => {
    const stage = await EdgeStage.open();
    const call = stage.call({}, 'never');
    await stage.clock.advance(100);
    expect(call.failed?.status).toBe(404);
  });

  it('cannot be used twice', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, ringingPhone());
    await stage.plan([{}]);
    stage.call();
    await stage.clock.advance(100);
    const replayed = stage.call();
    await stage.clock.advance(100);
    expect(replayed.failed?.status).toBe(404);
    expect(stage.requestsTo(1, 'INVITE')).toHaveLength(1);
  });

  it('is worth nothing when it has expired', async () => {
    const stage = await EdgeStage.open();
    await stage.plan([{}]);
    await stage.clock.advance(60_000);
    const call = stage.call();
    await stage.clock.advance(100);
    expect(call.failed?.status).toBe(404);
  });

  it('is worth nothing in a stranger’s hands, and stays usable', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, answeringPhone(stage, 1));
    const { token } = await stage.plan([{}]);
    const stranger = await stage.agent(STRANGER);
    for (const address of [INSIDE, OUTSIDE]) {
      const attempt = stranger.invite(`sip:${token}@${address}`, { sdp: CONNECTOR_SDP }).answered;
      await stage.clock.advance(100);
      await expect(attempt).rejects.toMatchObject({ status: 403 });
    }
    const call = stage.call();
    await stage.clock.advance(3_000);
    expect(call.session).toBeDefined();
  });

  it('of a plan that cannot be read just now is 503 with Retry-After', async () => {
    const stage = await EdgeStage.open();
    await stage.plan([{}]);
    stage.plans.before = async () => {
      throw new Error('DynamoDB is away.');
    };
    const call = stage.call();
    await stage.clock.advance(100);
    expect([call.failed?.status, call.failed?.response?.headers.has('Retry-After')]).toEqual([503, true]);
  });
});

describe('an address that asks too much', () => {
  it('gets 503 with Retry-After, then nothing, and after a while is heard again', async () => {
    const stage = await EdgeStage.open({
      limits: { burst: 5, requestsPerSecond: 1, refusals: 3, silenceMs: 60_000 },
    });
    const stranger = await stage.agent(STRANGER);
    const ask = async () => {
      const answer = stranger.request({ method: 'OPTIONS', uri: `sip:${OUTSIDE}` }).then(
        response => response.status,
        () => 0,
      );
      await stage.clock.advance(1);
      return Promise.race([answer, Promise.resolve('nothing')]);
    };
    const answers: (number | string)[] = [];
    for (let count = 0; count < 10; count++) answers.push(await ask());
    expect(answers).toEqual([200, 200, 200, 200, 200, 503, 503, 503, 'nothing', 'nothing']);
    await stage.clock.advance(60_000);
    expect(await ask()).toBe(200);
  });

  it('is not missed by the others', async () => {
    const stage = await EdgeStage.open({ limits: { burst: 1, requestsPerSecond: 0.1, refusals: 1 } });
    const [one, other] = [await stage.agent(STRANGER), await stage.agent('10.3.0.8')];
    for (let count = 0; count < 3; count++)
      one.request({ method: 'OPTIONS', uri: `sip:${OUTSIDE}` }).catch(() => {});
    await stage.clock.advance(10);
    const answer = other.request({ method: 'OPTIONS', uri: `sip:${OUTSIDE}` });
    await stage.clock.advance(10);
    expect((await answer).status).toBe(200);
  });

  it('keeps the calls that it has: their requests are still heard', async () => {
    const stage = await EdgeStage.open({ limits: { burst: 1, requestsPerSecond: 0.01, refusals: 1 } });
    const phone = answeringPhone(stage, 1);
    const agent = await stage.phone(1, phone);
    await stage.plan([{}]);
    const call = stage.call();
    await stage.clock.advance(2_000);
    for (let count = 0; count < 5; count++)
      agent.request({ method: 'OPTIONS', uri: `sip:${OUTSIDE}` }).catch(() => {});
    await stage.clock.advance(100);
    phone.sessions[0]?.bye();
    await stage.clock.advance(1_000);
    expect(call.session?.end?.by).toBe('remote');
  });

  it('does not count where it is the voice service itself', async () => {
    const stage = await EdgeStage.open({ limits: { burst: 1, requestsPerSecond: 0.01, refusals: 1 } });
    const statuses: number[] = [];
    for (let count = 0; count < 5; count++) {
      const answer = stage.connector.request({ method: 'OPTIONS', uri: `sip:${INSIDE}` });
      await stage.clock.advance(10);
      statuses.push((await answer).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
  });
});

describe('an edge that has its hands full', () => {
  it('refuses a dial with 503 and Retry-After', async () => {
    const stage = await EdgeStage.open({ limits: { dials: 1 } });
    await stage.phone(1, ringingPhone());
    await stage.plan([{}]);
    stage.call();
    await stage.clock.advance(100);
    await stage.plan([{}], { token: 'another' });
    const second = stage.call({}, 'another');
    await stage.clock.advance(100);
    expect(second.failed?.status).toBe(503);
  });

  it('places no call that it is told to, and leaves its plan to others', async () => {
    const stage = await EdgeStage.open({
      limits: { dials: 1 },
      voiceConnector: { uri: 'sip:+17035550122@10.0.0.9', from: '+15550199' },
    });
    await stage.phone(1, ringingPhone());
    await stage.plan([{}]);
    stage.call();
    await stage.clock.advance(100);
    await stage.plan([{}], { kind: 'originate', token: 'another' });
    expect(stage.edge.room).toBe(0);
    await expect(stage.edge.originate('another')).rejects.toThrow(EdgeFull);
    expect((await stage.plans.get('another'))?.claimedBy).toBeUndefined();
  });
});

describe('a target at an address that is not allowed', () => {
  const targets = {
    refusal: (address: string) => (address === '10.2.0.1' ? { reason: 'private' } : undefined),
  };

  it('gets no packet, and its branch fails with 403', async () => {
    const stage = await EdgeStage.open({ targets });
    await stage.phone(2, answeringPhone(stage, 2));
    await stage.plan([{}, {}]);
    const call = stage.call();
    await stage.clock.advance(3_000);
    expect(call.session).toBeDefined();
    expect(stage.network.passages.filter(({ to }) => to.address === '10.2.0.1')).toEqual([]);
    expect(stage.told).toContain('1 completed failed');
    expect(stage.plans.reports.at(-1)?.branches[0]?.sipCode).toBe(403);
  });

  it('is not reached by way of a Contact: requests in the call go where the INVITE went', async () => {
    const stage = await EdgeStage.open({ targets });
    const phone = answeringPhone(stage, 2);
    await stage.phone(2, phone, { transports: [advertising(stage, '10.2.0.2', '10.2.0.1')] });
    await stage.plan([{ uri: 'sip:bob@10.2.0.2' }]);
    const call = stage.call();
    await stage.clock.advance(3_000);
    expect(call.session).toBeDefined();
    expect(stage.requestsTo(2, 'ACK')[0]?.uri).toContain('10.2.0.1');
    void stage.edge.stop({ afterwards: 'hand-over' });
    await stage.clock.advance(5_000);
    stage.edge = await stage.startEdge({ targets });
    call.session?.bye();
    await stage.clock.advance(2_000);
    expect(phone.sessions[0]?.end?.by).toBe('remote');
    expect(stage.network.passages.filter(({ to }) => to.address === '10.2.0.1')).toEqual([]);
  });

  it('is refused behind a redirection too', async () => {
    const stage = await EdgeStage.open({ targets, followRedirects: true });
    await stage.phone(2, invitation =>
      invitation.reject(302, { headers: { Contact: '<sip:admin@10.2.0.1>' } }),
    );
    await stage.plan([{ uri: 'sip:bob@10.2.0.2' }]);
    const call = stage.call();
    await stage.clock.advance(3_000);
    expect(call.failed?.status).toBe(403);
    expect(stage.network.passages.filter(({ to }) => to.address === '10.2.0.1')).toEqual([]);
  });
});

describe('a request that belongs to no call', () => {
  it.each([
    ['OPTIONS', 200],
    ['REGISTER', 405],
    ['MESSAGE', 405],
    ['SUBSCRIBE', 405],
    ['BYE', 481],
    ['UPDATE', 481],
    ['INFO', 481],
  ])('%s gets %i', async (method, status) => {
    const stage = await EdgeStage.open();
    const stranger = await stage.agent(STRANGER);
    const answer = stranger.request({ method, uri: `sip:${OUTSIDE}` });
    await stage.clock.advance(100);
    expect((await answer).status).toBe(status);
  });
});

describe('networks', () => {
  it('hold addresses of both families', () => {
    const holds = networks(['10.0.0.0/24', '2600:f0f0:c040::/42']);
    expect(['10.0.0.9', '10.0.1.9', '2600:f0f0:c041::1', '2600:f0f0:d040::1'].map(holds)).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it.each(['10.0.0.0', '10.0.0.0/33', 'here/8', ''])('are written as such: not %j', text => {
    expect(() => networks([text])).toThrow('is not a network');
  });
});
