/** The queues that functions write to or hold messages back in. */
import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Outcome } from '../core/call.ts';
import { partsOf } from '../core/parts.ts';
import { clientConfiguration, type Environment, required } from './clients.ts';

/** A message can be delayed no longer when it is sent… */
export const MAX_DELAY_SECONDS = 900;
/** …and held back no longer once it was received. */
export const MAX_VISIBILITY_SECONDS = 12 * 60 * 60;
/** One request takes no more messages. */
const MAX_BATCH = 10;
const MAX_TRIES = 4;

const createClient = (env: Environment) =>
  // Queue URLs of an emulator name hosts that may not resolve; the endpoint decides where requests go.
  new SQSClient({
    ...clientConfiguration('SQS', env),
    useQueueUrlAsEndpoint: env['AWS_ENDPOINT_URL_SQS'] === undefined,
  });

export interface OutboundMessage {
  accountSid: string;
  callSid: string;
}

export interface QueuedMessage extends OutboundMessage {
  /** Of this message, not of its call: a call may be queued again when its first message led to nothing. */
  id: string;
}

/** The queue of calls to be placed: one account's calls in their order. */
export interface OutboundQueue {
  /** Throws when the queue refused one of them to the end; others may be in it by then. */
  send(messages: readonly QueuedMessage[]): Promise<void>;
}

export function createOutboundQueue(env: Environment): OutboundQueue {
  const client = createClient(env);
  const QueueUrl = required(env, 'OUTBOUND_QUEUE_URL');

  async function sendBatch(entries: SendMessageBatchRequestEntry[]): Promise<void> {
    let left = entries;
    for (let tries = 1; left.length > 0; tries++) {
      const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries: left }));
      const [refused] = Failed;
      if (refused !== undefined && tries === MAX_TRIES) {
        throw new Error(`The queue refused a message: ${refused.Code}: ${refused.Message}`);
      }
      left = left.filter(({ Id }) => Failed.some(failed => failed.Id === Id));
    }
  }

  return {
    async send(messages) {
      const entries = messages.map(({ id, accountSid, callSid }, index) => ({
        Id: String(index),
        MessageBody: JSON.stringify({ accountSid, callSid } satisfies OutboundMessage),
        MessageGroupId: accountSid,
        MessageDeduplicationId: id,
      }));
      await Promise.all(partsOf(entries, MAX_BATCH).map(sendBatch));
    },
  };
}

export interface WakeMessage {
  callSid: string;
}

/** Wake-ups of sessions. */
export interface TimerQueue {
  send(message: WakeMessage, delayMs: number): Promise<void>;
}

export function createTimerQueue(env: Environment): TimerQueue {
  const client = createClient(env);
  const QueueUrl = required(env, 'TIMER_QUEUE_URL');
  return {
    async send(message, delayMs) {
      const DelaySeconds = Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.ceil(delayMs / 1000)));
      await client.send(
        new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message), DelaySeconds }),
      );
    },
  };
}

/** Holds a received message back, so that it comes again after a delay instead of the queue's own. */
export function createHold(env: Environment, queueVariable: string) {
  const client = createClient(env);
  const QueueUrl = required(env, queueVariable);
  return async (receiptHandle: string, delaySeconds: number): Promise<void> => {
    const VisibilityTimeout = Math.min(MAX_VISIBILITY_SECONDS, Math.max(0, Math.ceil(delaySeconds)));
    await client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout }),
    );
  };
}

/** A dead-letter queue that a function itself writes to. */
export function createDeadLetters(env: Environment, queueVariable: string) {
  const client = createClient(env);
  const QueueUrl = required(env, queueVariable);
  return async (body: string): Promise<void> => {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
  };
}

/** The edge that clients register with: only it has their connections. */
export const CLIENTS_EDGE = 'edge-1';

/** What the SIP edge is told besides plans. */
export type EdgeCommand =
  /** Places the call of a plan of kind `originate`. It can be said again. */
  | { kind: 'originate'; token: string }
  /** Gives a call up that still rings; its plan has been closed. */
  | { kind: 'cancel'; token: string }
  /** Gives up one of the calls of a plan of kind `bridge` that still rings; the others go on. */
  | { kind: 'drop'; token: string; callSid: string; outcome: Outcome }
  /** Takes the call of a plan of kind `moved` out of its bridge. It can be said again. */
  | { kind: 'move'; token: string }
  /** The bridge of that plan: what comes from one side is not passed on, or is again. It can be said again. */
  | { kind: 'mute'; token: string; side: 'inside' | 'outside'; isMuted: boolean };

export interface EdgeCommands {
  /** @param edge the name of the one edge that can carry it out; without it any edge does */
  send(command: EdgeCommand, edge?: string): Promise<void>;
  /** Whether an edge has a queue of its own. */
  reaches(edge: string): boolean;
}

/**
 * The SIP edge's queue; without EDGE_COMMAND_QUEUE_URL there is no edge to tell anything. Where several edges run,
 * EDGE_OWN_QUEUE_URLS is a JSON object of each one's own queue, by its name.
 */
export function createEdgeCommands(env: Environment): EdgeCommands | undefined {
  const common = env['EDGE_COMMAND_QUEUE_URL'];
  if (common === undefined || common === '') return undefined;
  const own = JSON.parse(env['EDGE_OWN_QUEUE_URLS'] || '{}') as Record<string, string>;
  const client = createClient(env);
  return {
    reaches: edge => own[edge] !== undefined,

    async send(command, edge) {
      const QueueUrl = own[edge ?? ''] ?? common;
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(command) }));
    },
  };
}
