import type { Environment } from '../../aws/clients.ts';
import { type CommandSource, startCommandSource } from '../../aws/edge-command-source.ts';
import { createEdgeCommands, type EdgeCommand } from '../../aws/queues.ts';
import { type CommandedEdge, carryOut } from '../commands.ts';
import type { Edge } from '../edge.ts';
import { errorFields, type Log } from '../log.ts';
import { type HandOnParts, handOn } from './hand-on.ts';
import type { PollWatch } from './poll-watch.ts';

/** The commands that an edge takes: those of all edges, and those for it alone. */
export interface TakenCommands {
  /** Leaves those of all edges to the others, or takes them again. */
  rest(isResting: boolean): Promise<void>;
  stop(): Promise<void>;
}

export interface TakeCommandsParts extends Omit<HandOnParts, 'commands'> {
  readonly polls: PollWatch;
  readonly log: Log;
}

/** From EDGE_COMMAND_QUEUE_URL and EDGE_OWN_QUEUE_URL, whichever are set. */
export function takeCommands(
  env: Environment,
  edge: CommandedEdge & Pick<Edge, 'room'>,
  { polls, log, ...mine }: TakeCommandsParts,
): TakenCommands {
  const parts = { ...mine, commands: createEdgeCommands(env) };
  const commanded: CommandedEdge = {
    async originate(token) {
      const isOurs = await edge.originate(token);
      if (!isOurs) await handOn(token, parts);
      return isOurs;
    },
    cancel: edge.cancel,
    drop: edge.drop,
    move: edge.move,
    mute: edge.mute,
  };
  /** Failures of commands: not of the queue. */
  const ofCommands = new WeakSet<object>();

  const start = (queueUrl: string | undefined, room?: () => number): CommandSource | undefined => {
    const taker = {
      carryOut: (command: EdgeCommand) => carryOut(commanded, command).catch(marked),
      ...(room && { room }),
    };
    return queueUrl ? startCommandSource(env, queueUrl, taker, failed) : undefined;
  };
  // What gives a call up has to reach an edge that is full.
  const startCommon = () => start(env['EDGE_COMMAND_QUEUE_URL'], () => edge.room);
  const own = start(env['EDGE_OWN_QUEUE_URL']);
  let common = startCommon();

  function marked(error: unknown): never {
    if (typeof error === 'object' && error !== null) ofCommands.add(error);
    throw error;
  }

  function failed(error: unknown): void {
    const isCommand = typeof error === 'object' && error !== null && ofCommands.has(error);
    if (!isCommand) polls.failed();
    const what = isCommand ? 'A command failed; it comes again.' : 'The command queue does not answer.';
    log('error', what, errorFields(error));
  }

  return {
    async rest(isResting) {
      const stopped = isResting ? common?.stop() : undefined;
      common = isResting ? undefined : (common ?? startCommon());
      await stopped;
    },

    async stop() {
      await Promise.all([own?.stop(), common?.stop()]);
    },
  };
}
