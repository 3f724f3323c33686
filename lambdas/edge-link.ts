/** The control plane's side of the SIP edge: plans that it makes, reports that it reads, calls that the edge brings. */
import type { Environment } from '../aws/clients.ts';
import { createDialPlans, isStillBridged, type StoredPlan } from '../aws/dial-plans.ts';
import type { Table } from '../aws/table.ts';
import type { Step } from '../core/advance.ts';
import {
  DIAL_TOKEN_CHARACTERS,
  type DialPlan,
  type DialReport,
  readScreeningToken,
} from '../core/dial-plan.ts';
import type { Random } from '../core/random.ts';
import { screeningSession } from '../core/screening.ts';
import { adopted, type Session } from '../core/session.ts';
import type { Surroundings } from '../core/turn.ts';
import type { SmaEvent } from '../core/wire.ts';

/** The header by which the edge says whose call it brings. */
export const TOKEN_HEADER = 'x-dialplane-token';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** The largest multiple of the alphabet that a byte holds: above it, bytes would favour its first letters. */
const FAIR_BYTES = 256 - (256 % ALPHABET.length);

export interface EdgeLink {
  /** What the edge brings a call for; undefined for any other event. */
  brought(event: SmaEvent): Promise<Brought | undefined>;
  /** A session with its calls as the edge last told of them: the control plane learns of that with its own next event. */
  current(session: Session): Promise<Session>;
  /** The same of up to 100 sessions at once. */
  currentAll<S extends Pick<Session, 'calls' | 'dialToken'>>(sessions: readonly S[]): Promise<S[]>;
  /** What the engine has to know of the edge, and how to leave it what a step came to. */
  about(session: Session): Promise<{
    surroundings: Surroundings;
    /** The plan that it has open. */
    open: StoredPlan | undefined;
    /** Throws Conflict when the edge has reported since: the step was made from what is no longer true. */
    settle(step: Step, nowMs: number): Promise<void>;
  }>;
}

/** A call that the edge has placed, lets in, or has taken out of a bridge; or one that it has dialled for another call, and that is to be screened. */
export type Brought =
  | { kind: 'originate' | 'inbound' | 'moved'; sid: string; plan: DialPlan }
  | { kind: 'screening'; sid: string; session: Session };

/** Without EDGE_VOICE_CONNECTOR_ARN there is no edge. */
export function createEdgeLink(env: Environment, table: Table, random: Random): EdgeLink {
  const plans = createDialPlans(table);
  const voiceConnectorArn = env['EDGE_VOICE_CONNECTOR_ARN'];
  const clientsConnectorArn = env['EDGE_CLIENTS_CONNECTOR_ARN'];

  return {
    async brought({ InvocationEventType, CallDetails }) {
      if (InvocationEventType !== 'NEW_INBOUND_CALL' || voiceConnectorArn === undefined) return undefined;
      const token = tokenOf(CallDetails);
      if (token === undefined) return undefined;
      const screening = readScreeningToken(token);
      const stored = await plans.get(screening?.dialToken ?? token);
      if (stored?.claimedBy === undefined || stored.closed) return undefined;
      const { plan, report } = stored;
      if (screening === undefined)
        return plan.kind === 'bridge' ? undefined : { kind: plan.kind, sid: plan.rootSid, plan };
      const session = report && screeningSession(plan, report, screening.index);
      return session && { kind: 'screening', sid: session.sid, session };
    },

    async current(session) {
      const { dialToken } = session;
      const report = dialToken === undefined ? undefined : (await plans.get(dialToken))?.report;
      return asReported(session, report);
    },

    async currentAll(sessions) {
      const reports = await plans.reportsOf(sessions.flatMap(({ dialToken }) => dialToken ?? []));
      return sessions.map(session => asReported(session, reports.get(session.dialToken ?? '')));
    },

    async about(session) {
      const { sid, dialToken, movedFrom, transactionId } = session;
      const stored = dialToken === undefined ? undefined : await plans.get(dialToken);
      const edge =
        voiceConnectorArn === undefined
          ? undefined
          : {
              voiceConnectorArn,
              ...(clientsConnectorArn !== undefined && { clientsConnectorArn }),
              token: newToken(random),
            };
      return {
        surroundings: {
          edge,
          report: stored?.report,
          verdicts: Object.values(stored?.verdicts ?? {}),
          referTo: stored?.referTo,
          // Once its call has come, it is its own.
          isStillBridged: transactionId === undefined && (await isStillBridged(plans, sid, movedFrom)),
        },
        open: stored,
        async settle({ plan, closedPlan, verdict, refusal }, nowMs) {
          if (refusal !== undefined) {
            const { token, ...rest } = refusal;
            await plans.refuse(token, rest);
          }
          if (verdict !== undefined) {
            const { dialToken: token, index, ...rest } = verdict;
            await plans.decide(token, index, rest);
          }
          if (closedPlan !== undefined) await plans.close(closedPlan, stored?.version ?? 0);
          if (plan !== undefined) await plans.put(plan, nowMs);
        },
      };
    },
  };
}

function asReported<S extends Pick<Session, 'calls'>>(session: S, report: DialReport | undefined): S {
  return report === undefined ? session : { ...session, calls: adopted(session.calls, report.calls) };
}

/** The token that the edge's INVITE has brought; names of headers may come in another case. */
export function tokenOf({ Participants }: SmaEvent['CallDetails']): string | undefined {
  const headers = Participants.find(leg => leg.ParticipantTag === 'LEG-A')?.SipHeaders ?? {};
  return Object.entries(headers).find(([name]) => name.toLowerCase() === TOKEN_HEADER)?.[1];
}

/** Letters and digits, each as likely as the others. */
export function newToken(random: Random): string {
  let token = '';
  while (token.length < DIAL_TOKEN_CHARACTERS) {
    for (const byte of random.bytes(DIAL_TOKEN_CHARACTERS)) {
      if (byte < FAIR_BYTES && token.length < DIAL_TOKEN_CHARACTERS)
        token += ALPHABET[byte % ALPHABET.length];
    }
  }
  return token;
}
