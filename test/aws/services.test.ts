/** The adapters of services other than the table. */
import { createHash } from 'node:crypto';
import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAudioBucket } from '../../aws/audio-bucket.ts';
import { createBus } from '../../aws/bus.ts';
import { clientConfiguration, required } from '../../aws/clients.ts';
import {
  createHold,
  createOutboundQueue,
  createTimerQueue,
  MAX_DELAY_SECONDS,
  MAX_VISIBILITY_SECONDS,
} from '../../aws/queues.ts';
import { createTokens, TOKEN_MEMORY_MS } from '../../aws/tokens.ts';
import { createVoice, VoiceBusy, VoiceCallGone, VoiceRefused, VoiceUnclear } from '../../aws/voice.ts';
import { startFront } from '../../local/aws/front.ts';
import { jsonService, targetOperation } from '../../local/aws/service.ts';
import { ServiceBench, transaction } from '../support/service-bench.ts';

const ACCOUNT = `AC${'a'.repeat(32)}`;

describe('the adapter of', () => {
  let bench: ServiceBench;

  beforeAll(async () => {
    bench = await ServiceBench.start();
  });
  afterEach(() => {
    bench.requests.splice(0);
    bench.events.splice(0);
  });
  afterAll(() => bench.close());

  const asked = (operation: string) =>
    bench.requests
      .filter(request => targetOperation(request) === operation)
      .map(({ body }) => JSON.parse(body.toString()));

  describe('the key service', () => {
    it('binds a token to its account: for another one it cannot be read', async () => {
      const tokens = createTokens(bench.context.env, bench.clock);
      const ciphertext = await tokens.encrypt(ACCOUNT, 'the token');
      expect(Buffer.from(ciphertext).includes('the token')).toBe(false);
      expect(asked('Encrypt')).toMatchObject([{ EncryptionContext: { accountSid: ACCOUNT } }]);
      expect(await tokens.decrypt(ACCOUNT, ciphertext)).toBe('the token');
      await expect(tokens.decrypt(`AC${'b'.repeat(32)}`, ciphertext)).rejects.toThrow();
      const client = new KMSClient(clientConfiguration('KMS', bench.context.env));
      await expect(client.send(new DecryptCommand({ CiphertextBlob: ciphertext }))).rejects.toThrow();
    });

    it('is asked for a token once in a while', async () => {
      const tokens = createTokens(bench.context.env, bench.clock);
      const ciphertext = await tokens.encrypt(ACCOUNT, 'the token');
      await tokens.decrypt(ACCOUNT, ciphertext);
      await tokens.decrypt(ACCOUNT, ciphertext);
      expect(asked('Decrypt')).toHaveLength(1);
      bench.clock.pass(TOKEN_MEMORY_MS);
      await tokens.decrypt(ACCOUNT, ciphertext);
      expect(asked('Decrypt')).toHaveLength(2);
    });

    it('is asked again for a token when others have been asked for since', async () => {
      const tokens = createTokens(bench.context.env, bench.clock, 2);
      const [first, second, third] = await Promise.all(
        ['first', 'second', 'third'].map(token => tokens.encrypt(ACCOUNT, token)),
      );
      for (const ciphertext of [first, second, first, third, second, first])
        await tokens.decrypt(ACCOUNT, ciphertext as Uint8Array);
      expect(asked('Decrypt')).toHaveLength(4);
    });
  });

  describe('the accounts', () => {
    it('keeps no token that can be read', async () => {
      const { accounts } = bench.stores;
      await accounts.put({
        accountSid: ACCOUNT,
        authToken: 'the token',
        friendlyName: 'A',
        callsPerSecond: 3,
      });
      expect(await accounts.get(ACCOUNT)).toEqual({
        accountSid: ACCOUNT,
        friendlyName: 'A',
        callsPerSecond: 3,
      });
      expect(await accounts.authToken(ACCOUNT)).toBe('the token');
      expect(await accounts.authToken(`AC${'9'.repeat(32)}`)).toBeUndefined();
      for (const { service, body } of bench.requests) {
        if (service === 'dynamodb') expect(body.includes('the token')).toBe(false);
      }
    });
  });

  describe('the bus', () => {
    const event = (n: number) => ({ type: 'Call Queued', detail: { n } });

    it('publishes any number of events, in order, as many in a request as one takes', async () => {
      await createBus(bench.context.env).publish(Array.from({ length: 23 }, (_, n) => event(n)));
      expect(asked('PutEvents').map(({ Entries }) => Entries.length)).toEqual([10, 10, 3]);
      expect(bench.events.map(({ detail }) => detail['n'])).toEqual(Array.from({ length: 23 }, (_, n) => n));
      expect(bench.events[0]).toMatchObject({ source: 'dialplane', 'detail-type': 'Call Queued' });
    });

    it('asks for nothing when there is nothing to tell', async () => {
      await createBus(bench.context.env).publish([]);
      expect(bench.requests).toEqual([]);
    });

    /** A bus that refuses each event as often as it is told. */
    async function fickleBus(refusals: number) {
      const seen = new Map<number, number>();
      const accepted: number[] = [];
      const front = await startFront({
        services: {
          events: jsonService('application/x-amz-json-1.1', {
            PutEvents: ({ Entries }) => ({
              Entries: (Entries as { Detail: string }[]).map(({ Detail }) => {
                const { n } = JSON.parse(Detail);
                seen.set(n, (seen.get(n) ?? 0) + 1);
                // Every other one.
                if (n % 2 === 1 && (seen.get(n) ?? 0) <= refusals)
                  return { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' };
                accepted.push(n);
                return { EventId: String(n) };
              }),
            }),
          }),
        },
      });
      const bus = createBus({ ...bench.context.env, AWS_ENDPOINT_URL_EVENTBRIDGE: front.url });
      return { bus, accepted, close: front.close };
    }

    it('sends those again that were refused, and only those', async () => {
      const { bus, accepted, close } = await fickleBus(2);
      await bus.publish([0, 1, 2, 3].map(event));
      expect(accepted).toEqual([0, 2, 1, 3]);
      await close();
    });

    it('fails when one is refused to the end, so that all are told again', async () => {
      const { bus, close } = await fickleBus(99);
      await expect(bus.publish([0, 1].map(event))).rejects.toThrow('ThrottlingException: Rate exceeded');
      await close();
    });
  });

  describe('the queues', () => {
    const message = (n: number) => ({ accountSid: ACCOUNT, callSid: `CA${n}`, id: `m${n}` });

    it('sends calls in the order of their accounts, and each message once', async () => {
      await createOutboundQueue(bench.context.env).send([message(1)]);
      expect(asked('SendMessageBatch')).toMatchObject([
        {
          Entries: [
            {
              MessageGroupId: ACCOUNT,
              MessageDeduplicationId: 'm1',
              MessageBody: JSON.stringify({ accountSid: ACCOUNT, callSid: 'CA1' }),
            },
          ],
        },
      ]);
    });

    it('sends ten calls by one request', async () => {
      await createOutboundQueue(bench.context.env).send(Array.from({ length: 25 }, (_, n) => message(n)));
      const sizes = asked('SendMessageBatch').map(({ Entries }) => Entries.length);
      expect(sizes.toSorted((a, b) => a - b)).toEqual([5, 10, 10]);
    });

    /** A queue that refuses a message so many times. */
    async function fickleQueue(refusals: number) {
      const seen: string[][] = [];
      const front = await startFront({
        services: {
          sqs: jsonService('application/x-amz-json-1.0', {
            SendMessageBatch: ({ Entries }) => {
              const entries = Entries as {
                Id: string;
                MessageBody: string;
                MessageDeduplicationId: string;
              }[];
              seen.push(entries.map(({ MessageDeduplicationId }) => MessageDeduplicationId));
              const isRefused = ({ Id }: { Id: string }) => Id === '1' && seen.length <= refusals;
              return {
                Successful: entries
                  .filter(entry => !isRefused(entry))
                  .map(({ Id, MessageBody }) => ({
                    Id,
                    MessageId: Id,
                    MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
                  })),
                Failed: entries
                  .filter(isRefused)
                  .map(({ Id }) => ({ Id, Code: 'InternalError', Message: 'Not now', SenderFault: false })),
              };
            },
          }),
        },
      });
      const queue = createOutboundQueue({ ...bench.context.env, AWS_ENDPOINT_URL_SQS: front.url });
      return { queue, seen, close: front.close };
    }

    it('sends those again that were refused, and only those', async () => {
      const { queue, seen, close } = await fickleQueue(2);
      await queue.send([0, 1, 2].map(message));
      expect(seen).toEqual([['m0', 'm1', 'm2'], ['m1'], ['m1']]);
      await close();
    });

    it('fails when one is refused to the end, so that its call is not stored', async () => {
      const { queue, close } = await fickleQueue(99);
      await expect(queue.send([0, 1].map(message))).rejects.toThrow('InternalError: Not now');
      await close();
    });

    it.each([
      [1, 1],
      [1_001, 2],
      [-5, 0],
      [10 * 60 * 60 * 1000, MAX_DELAY_SECONDS],
    ])('delays a wake-up of %i ms by %i s', async (ms, seconds) => {
      await createTimerQueue(bench.context.env).send({ callSid: 'CA1' }, ms);
      expect(asked('SendMessage')).toMatchObject([{ DelaySeconds: seconds }]);
    });

    it.each([
      [0.2, 1],
      [-1, 0],
      [24 * 60 * 60, MAX_VISIBILITY_SECONDS],
    ])('holds a message back %d s as %i s', async (wanted, seconds) => {
      const { receiptHandle } = await bench.received('callbacks', {});
      await createHold(bench.context.env, 'CALLBACK_QUEUE_URL')(receiptHandle, wanted);
      expect(bench.heldBack()).toEqual([seconds]);
    });
  });

  describe('the voice service', () => {
    const voice = () => createVoice(bench.context.env);
    const call = { to: '+12025550100', from: '+12025550110', callSid: 'CA1' };

    it('places and changes calls', async () => {
      bench.voice = () => ({ status: 201, body: transaction('T9') });
      expect(await voice().placeCall(call)).toEqual({ transactionId: 'T9' });
      await voice().updateCall('T9', { wake: '1' });
      expect(bench.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
        'POST /sip-media-applications/an-application/calls',
        'POST /sip-media-applications/an-application/calls/T9',
      ]);
    });

    it.each([
      ['ThrottledClientException', 429, VoiceBusy],
      ['ResourceLimitExceededException', 429, VoiceBusy],
      ['ServiceUnavailableException', 503, VoiceBusy],
      ['ServiceFailureException', 500, VoiceUnclear],
      [undefined, 502, VoiceUnclear],
      ['NotFoundException', 404, VoiceCallGone],
      ['BadRequestException', 400, VoiceRefused],
      ['ForbiddenException', 403, VoiceRefused],
      ['UnauthorizedClientException', 401, VoiceRefused],
    ] as const)('says what %s (%i) means, asked once', async (error, status, meaning) => {
      bench.voice = () => ({ status, ...(error && { error }), body: { message: 'because' } });
      await expect(voice().updateCall('T9', {})).rejects.toBeInstanceOf(meaning);
      await expect(voice().placeCall(call)).rejects.toBeInstanceOf(meaning);
      expect(bench.requests).toHaveLength(2);
    });

    it('leaves open what became of a request that was never answered', async () => {
      const unreachable = createVoice({
        ...bench.context.env,
        AWS_ENDPOINT_URL_CHIME_SDK_VOICE: 'http://127.0.0.1:9',
      });
      await expect(unreachable.placeCall(call)).rejects.toBeInstanceOf(VoiceUnclear);
    });

    it('does not take an answer without a transaction for a call', async () => {
      bench.voice = () => ({ status: 201, body: {} });
      await expect(voice().placeCall(call)).rejects.toThrow('without a transaction');
    });
  });

  describe('the audio bucket', () => {
    it('keeps audio with what its server said of it', async () => {
      const bucket = createAudioBucket(bench.context.env);
      expect(await bucket.find('play/x.wav')).toBeUndefined();
      const about = {
        etag: '"1"',
        lastModified: 'Thu, 01 Jan 2026 00:00:00 GMT',
        freshUntilMs: 1_767_225_600_000,
      };
      await bucket.put('play/x.wav', new Uint8Array([1, 2, 3]), about);
      expect(await bucket.find('play/x.wav')).toEqual(about);
      await bucket.put('play/x.wav', new Uint8Array([4]), { freshUntilMs: 5 });
      expect(await bucket.find('play/x.wav')).toEqual({ freshUntilMs: 5 });
    });
  });

  it('everything needs its variables, and names the one that is missing', () => {
    expect(() => required({}, 'TABLE_NAME')).toThrow('TABLE_NAME is not set');
    expect(() => createBus({ BUS_NAME: '' })).toThrow('BUS_NAME is not set');
    expect(clientConfiguration('SQS', { AWS_REGION: 'eu-west-1' })).toEqual({ region: 'eu-west-1' });
  });
});
