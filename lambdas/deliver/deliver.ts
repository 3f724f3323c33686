/** Status callbacks: from the bus, by way of a queue, to the customer's server. Every attempt is written down. */
import type { EventBridgeEvent, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { createAccounts } from '../../aws/accounts.ts';
import { createBus } from '../../aws/bus.ts';
import { createCallRecords } from '../../aws/call-records.ts';
import { createDeliveries } from '../../aws/deliveries.ts';
import { createDeadLetters, createHold } from '../../aws/queues.ts';
import { createSessions } from '../../aws/sessions.ts';
import { createTable } from '../../aws/table.ts';
import { createTokens } from '../../aws/tokens.ts';
import { type Call, targetOf } from '../../core/call.ts';
import { asTold, type CallEvent, type EventType } from '../../core/event.ts';
import type { CallbackAttempt, Delivery } from '../../core/operation.ts';
import { redactUrl } from '../../core/redact-url.ts';
import { rootSid } from '../../core/sid.ts';
import type { WebRequest } from '../../dialects/dialect.ts';
import { WebError } from '../../web/errors.ts';
import { callbackLimits } from '../../web/limits.ts';
import { callbackOf } from '../callbacks.ts';
import { createCustomerWeb } from '../customer-web.ts';
import type { FunctionContext } from '../function-context.ts';
import { createLog } from '../log.ts';
import { newNonce } from '../nonce.ts';
import { type Seen, seeToEach } from '../see-to-each.ts';
import { GONE, retryAfterSeconds } from './retry-schedule.ts';

/** An attempt takes no longer than this function may: whoever has begun one and not ended it by then never will. */
export const LEASE_MS = 30_000;

export type Deliver = (event: SQSEvent) => Promise<SQSBatchResponse>;

export function createDeliver({ env, clock, random }: FunctionContext): Deliver {
  const log = createLog(env);
  const table = createTable(env);
  const sessions = createSessions(table);
  const calls = createCallRecords(table);
  const accounts = createAccounts(table, createTokens(env, clock));
  const deliveries = createDeliveries(table);
  const bus = createBus(env);
  const web = createCustomerWeb(env);
  const hold = createHold(env, 'CALLBACK_QUEUE_URL');
  const sendToDeadLetters = createDeadLetters(env, 'CALLBACK_DEAD_LETTER_QUEUE_URL');

  return batch => seeToEach(batch, deliver, { log, fault: 'A callback could not be handled' });

  async function deliver(record: SQSRecord): Promise<Seen> {
    const { 'detail-type': type, detail } = JSON.parse(record.body) as EventBridgeEvent<
      EventType,
      CallEvent['detail']
    >;
    const { messageId } = record;
    const message = { callSid: detail.call.sid, eventId: detail.metadata.id, messageId };
    const claim = await deliveries.claim(message, clock.now(), LEASE_MS);
    if ('busyUntilMs' in claim) {
      // The bus may bring an event twice; its receiver gets it once, by the message that has it and comes again.
      if (claim.messageId !== undefined && claim.messageId !== messageId) return 'done';
      await hold(record.receiptHandle, (claim.busyUntilMs - clock.now()) / 1000);
      return 'again';
    }
    const { before } = claim;
    if (before?.state === 'delivered') {
      await bus.publish([report(before, detail)]);
      return 'done';
    }
    const request = await callbackRequest({ type, detail });
    if (request === undefined) {
      log('info', 'A callback has nobody to go to any more', { eventId: detail.metadata.id });
      return 'done';
    }

    const attempt = await send(request);
    const attempts = [...(before?.attempts ?? []), attempt];
    const delivered = isSuccess(attempt);
    const waitSeconds = delivered || attempt.status === GONE ? undefined : retryAfterSeconds(attempts.length);
    const delivery: Delivery = {
      eventId: detail.metadata.id,
      callSid: detail.call.sid,
      request: { method: request.method, url: redactUrl(request.url), parameters: request.parameters },
      state: delivered ? 'delivered' : waitSeconds === undefined ? 'failed' : 'pending',
      attempts,
    };
    if (waitSeconds === undefined && !delivered) await sendToDeadLetters(record.body);
    const nowMs = clock.now();
    await deliveries.put(
      delivery,
      nowMs,
      waitSeconds === undefined ? undefined : { atMs: nowMs + waitSeconds * 1000, messageId },
    );
    if (waitSeconds !== undefined) {
      await hold(record.receiptHandle, waitSeconds);
      return 'again';
    }
    await bus.publish([report(delivery, detail)]);
    return 'done';
  }

  /** Undefined when the call, its subscription or its account has gone. */
  async function callbackRequest(event: CallEvent): Promise<WebRequest | undefined> {
    const { sid: callSid, accountSid, dialect } = event.detail.call;
    // What is told of one call may be for the subscriber of another.
    const subscriber = event.detail.digits?.callSid ?? callSid;
    const { call: dialled, root: itsRoot } = await callIn(rootSid(callSid), subscriber);
    const call = dialled?.moved ? (await callIn(dialled.moved.to, subscriber)).call : dialled;
    const root = itsRoot ?? call;
    const authToken = call?.callback && (await accounts.authToken(accountSid));
    if (call?.callback === undefined || root === undefined || authToken === undefined) return undefined;
    const { callback: subscription } = event.detail;
    return callbackOf(dialect)({
      target: targetOf(call.callback, subscription?.event ?? 'completed'),
      event,
      call: subscriber === callSid ? asTold(call, event.detail.call) : call,
      root,
      authToken,
      accountSid,
      nonce: newNonce(random),
      nowMs: clock.now(),
    });
  }

  async function callIn(sessionSid: string, callSid: string): Promise<{ root?: Call; call?: Call }> {
    const { session } = (await sessions.get(sessionSid)) ?? {};
    const call = session && (await calls.get(session, callSid));
    return { ...(session?.calls[0] && { root: session.calls[0] }), ...(call && { call }) };
  }

  async function send({ parameters: _, ...request }: WebRequest): Promise<CallbackAttempt> {
    const atMs = clock.now();
    try {
      const { status } = await web.request({ ...request, limits: callbackLimits });
      return { atMs, durationMs: clock.now() - atMs, status };
    } catch (error) {
      if (!(error instanceof WebError)) throw error;
      return { atMs, durationMs: clock.now() - atMs, error: `${error.number}: ${error.message}` };
    }
  }
}

const isSuccess = ({ status = 0 }: CallbackAttempt) => status >= 200 && status < 300;

/** What the bus is told of a callback that is settled. */
function report({ eventId, state, request, attempts }: Delivery, { call }: CallEvent['detail']) {
  const last = attempts.at(-1);
  return {
    type: state === 'delivered' ? 'Callback Delivered' : 'Callback Failed',
    detail: {
      metadata: {
        id: `${eventId}-${state}`,
        version: 1,
        occurredAt: new Date(last?.atMs ?? 0).toISOString(),
      },
      call: { sid: call.sid, accountSid: call.accountSid },
      delivery: { eventId, method: request.method, url: request.url, attempts: attempts.length, last },
    },
  };
}
