import type { DialPlans } from '../../aws/dial-plans.ts';
import type { EdgeCommands } from '../../aws/queues.ts';

export interface HandOnParts {
  /** Of this edge. */
  readonly name: string;
  readonly plans: Pick<DialPlans, 'get'>;
  /** Undefined where there is no queue. */
  readonly commands: EdgeCommands | undefined;
}

/**
 * Gives the command to place a call to the edge that has claimed its plan and has written nothing of it: if that has died over it, the
 * command has come here in its stead, and only the next process of its name may go on.
 */
export async function handOn(token: string, { name, plans, commands }: HandOnParts): Promise<void> {
  const { claimedBy = name, report, closed } = (await plans.get(token)) ?? {};
  if (claimedBy === name || report !== undefined || closed || !commands?.reaches(claimedBy)) return;
  await commands.send({ kind: 'originate', token }, claimedBy);
}
