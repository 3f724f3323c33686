import type { EdgeCommand } from '../aws/queues.ts';
import type { Edge } from './edge.ts';

/** What of an edge commands reach. */
export type CommandedEdge = Pick<Edge, 'originate' | 'cancel' | 'drop' | 'move' | 'mute'>;

type Commands = {
  readonly [K in EdgeCommand['kind']]: (
    edge: CommandedEdge,
    command: Extract<EdgeCommand, { kind: K }>,
  ) => unknown;
};

const COMMANDS: Commands = {
  originate: (edge, { token }) => edge.originate(token),
  cancel: (edge, { token }) => edge.cancel(token, 'canceled'),
  drop: (edge, { token, callSid, outcome }) => edge.drop(token, callSid, outcome),
  move: (edge, { token }) => edge.move(token),
  mute: (edge, { token, side, isMuted }) => edge.mute(token, side, isMuted),
};

/** Does what the control plane asks. @throws whatever `Edge.originate` throws: the command is to be given again */
export async function carryOut(edge: CommandedEdge, command: EdgeCommand): Promise<void> {
  const carry = COMMANDS[command.kind] as (edge: CommandedEdge, command: EdgeCommand) => unknown;
  await carry(edge, command);
}
