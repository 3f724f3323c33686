import type { Environment } from '../../../aws/clients.ts';
import { createDialPlans } from '../../../aws/dial-plans.ts';
import { createTable } from '../../../aws/table.ts';
import { createTokens } from '../../../aws/tokens.ts';
import { systemClock } from '../../../core/clock.ts';
import { startLocalAws } from '../../../local/aws/local-aws.ts';
import { jsonService } from '../../../local/aws/service.ts';
import { realTime } from '../../../local/clock/platform-clock.ts';
import { childSid } from './edge-stage.ts';

/** Table, key, bus and queues on loopback, with what an edge's environment holds of them. */
export async function startCommandAws() {
  const aws = await startLocalAws({
    clock: realTime(),
    tableName: 'calls',
    keyId: 'key',
    chime: jsonService('application/json', {}),
    mayDo: () => true,
    onInvocation() {},
    onFault() {},
    onTargetError() {},
  });
  const queue = async (name: string) => aws.url + (await aws.fauxqs.createQueue(name));
  return {
    env: {
      ...aws.env('edge'),
      TABLE_NAME: 'calls',
      KEY_ID: 'key',
      BUS_NAME: 'default',
      EDGE_COMMAND_QUEUE_URL: await queue('edge-commands'),
    },
    /** Makes one. @returns its URL */
    queue,
    close: () => aws.close(),
  };
}

/** A call that an edge is to place to that address. */
export async function putOriginatePlan(env: Environment, token: string, uri: string): Promise<void> {
  const sealed = await createTokens(env, systemClock).encrypt('AC1', 'a secret password');
  const call = { sid: childSid(0), direction: 'outbound-api', to: uri, from: '+12025550100' } as const;
  await createDialPlans(createTable(env)).put(
    {
      token,
      kind: 'originate',
      accountSid: 'AC1',
      dialect: 'signalwire',
      rootSid: call.sid,
      calls: [
        { ...call, status: 'initiated', createdAtMs: 0, updatedAtMs: 0, nextEvent: 1, nextCallback: 0 },
      ],
      targets: [
        {
          kind: 'sip',
          uri,
          transport: 'udp',
          headers: [],
          codecs: ['PCMU'],
          credentials: { username: 'kate', password: { ciphertext: Buffer.from(sealed).toString('base64') } },
        },
      ],
      callerId: '+12025550100',
      ringTimeoutSeconds: 30,
      timeLimitSeconds: 600,
      hangupOnStar: false,
      expiresAtMs: Date.now() + 60_000,
    },
    Date.now(),
  );
}
