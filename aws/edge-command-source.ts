/** Where the SIP edge gets its commands: one at a time as they come, until it is stopped. */
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfiguration, type Environment } from './clients.ts';
import type { EdgeCommand } from './queues.ts';

/** The longest that SQS waits for a message. */
const LONG_POLL_SECONDS = 20;
const BATCH = 10;
/** Until a full edge looks whether it has room again. */
const FULL_MS = 500;
/** After a poll that failed, so that a broken network is not asked without pause. */
const RETRY_MS = 1_000;

export interface CommandSource {
  /** Ends the poll under way; what it has brought is still carried out. */
  stop(): Promise<void>;
}

export interface CommandTaker {
  /** A command that it throws over comes again, and after some times goes to the dead letters. */
  carryOut(command: EdgeCommand): Promise<void>;
  /** How many can be taken at present: what is more is left to others, or waits. */
  room?(): number;
}

/**
 * @param QueueUrl the queue of all edges, or one edge's own
 */
export function startCommandSource(
  env: Environment,
  QueueUrl: string,
  { carryOut, room = () => BATCH }: CommandTaker,
  onError: (error: unknown) => void,
): CommandSource {
  const client = new SQSClient({
    ...clientConfiguration('SQS', env),
    useQueueUrlAsEndpoint: env['AWS_ENDPOINT_URL_SQS'] === undefined,
  });
  const stopping = new AbortController();

  async function one({ Body = '', ReceiptHandle }: Message): Promise<void> {
    try {
      await carryOut(JSON.parse(Body) as EdgeCommand);
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    } catch (error) {
      onError(error);
    }
  }

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      const MaxNumberOfMessages = Math.min(BATCH, room());
      if (MaxNumberOfMessages <= 0) {
        await new Promise(resolve => setTimeout(resolve, FULL_MS));
        continue;
      }
      try {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages,
            WaitTimeSeconds: LONG_POLL_SECONDS,
          }),
          { abortSignal: stopping.signal },
        );
        await Promise.all(Messages.map(one));
      } catch (error) {
        if (stopping.signal.aborted) return;
        onError(error);
        await new Promise(resolve => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  const polling = poll();
  return {
    async stop() {
      stopping.abort();
      await polling;
    },
  };
}
