/** Where a request's legs lead, without anything that stores it: a directory, some numbers, and perhaps an edge. */
import type { PlaceCall } from '../../../core/operation.ts';
import { Problem } from '../../../core/problem.ts';
import { type Directory, EMPTY_DIRECTORY } from '../../../core/resolve-destination.ts';
import type { OwnPlan } from '../../../lambdas/api/operations/follow-application.ts';
import type { Tools } from '../../../lambdas/api/operations/operation.ts';
import { routeCall } from '../../../lambdas/api/operations/route-call.ts';
import { ACCOUNT, route, to, trunk } from '../../core/directory.ts';

export interface Deployment {
  directory?: Partial<Directory>;
  /** The account's own. */
  numbers?: string[];
  edge?: boolean;
}

/** With the edge, and a PBX for the platform's own examples: 1000123 and 1000125 are extensions of it. */
export const WITH_PBX = {
  edge: true,
  directory: {
    routes: [route('1000XXX', to('pbx'))],
    trunks: [
      trunk('pbx', {
        port: 5070,
        codecs: ['G722', 'PCMA'],
        credentials: { username: 'us', password: { ciphertext: 'c2VhbGVk' } },
        callerIds: ['1000XXX'],
      }),
    ],
  },
} satisfies Deployment;

const OTHER = `AC${'2'.repeat(32)}`;

/** Whose directories were asked for, about what, is told to `asked`. */
export function routed(
  input: PlaceCall,
  { directory, numbers = [], edge = false }: Deployment = {},
  asked: (accountSid: string, destinations: readonly string[]) => void = () => {},
) {
  const tools = {
    directories: {
      async read(accountSid: string, destinations: readonly string[]) {
        asked(accountSid, destinations);
        return { ...EMPTY_DIRECTORY, ...directory };
      },
    },
    numbers: {
      get: async (number: string) => ({ number, accountSid: numbers.includes(number) ? ACCOUNT : OTHER }),
    },
    edge: edge ? { send: async () => {} } : undefined,
    minSipUpdateSeconds: 30,
  } as unknown as Tools;
  const context = { request: { accountSid: ACCOUNT, headers: {} }, dialect: { name: 'datatechlabs' } };
  return routeCall(input as OwnPlan, tools, context);
}

/** What a request is refused with. */
export async function refused(input: PlaceCall, deployment?: Deployment): Promise<Problem> {
  const outcome = await routed(input, deployment).catch((error: unknown) => error);
  if (outcome instanceof Problem) return outcome;
  throw new Error(`It was not refused: ${JSON.stringify(outcome)}`, { cause: outcome });
}
