/**
 * The only function that asks customers' servers during a call, and tells calls what they wait for. It alone decides whether a result goes back to its
 * asker or to the call, by its clock and the asker's deadline, so that it cannot go to both.
 */
import { createAccounts } from '../../aws/accounts.ts';
import { createDocumentStore } from '../../aws/documents.ts';
import { createTable } from '../../aws/table.ts';
import { createTokens, sealFor } from '../../aws/tokens.ts';
import { createVoice, type Voice, VoiceBusy, VoiceCallGone, VoiceUnclear } from '../../aws/voice.ts';
import type { Clock } from '../../core/clock.ts';
import type { DocumentFailure, DocumentResult } from '../../core/document.ts';
import { sealVerbs } from '../../core/seal.ts';
import { createCustomerWeb } from '../customer-web.ts';
import type { FunctionContext } from '../function-context.ts';
import { createLayout } from '../lay-out.ts';
import { createLog, errorFields } from '../log.ts';
import { createAudio } from './audio.ts';
import type { DocumentInput, FetchInput, FetchOutput } from './contract.ts';
import { obtainDocument, type WrittenResult } from './document.ts';
import { audioRetriesOf, documentsOf } from './documents.ts';

/** Who has claimed a request and not finished it by then never will: the function's own time is 90 s. */
export const CLAIM_LEASE_MS = 95_000;
/** How often one asks after a request that another invocation has claimed. */
const POLL_MS = 100;
/** Waits between tries to tell the call of its document; the service takes 5 updates a second. */
export const UPDATE_RETRY_MS = [200, 400, 800, 1_600, 3_200];

export type Fetch = (input: FetchInput) => Promise<FetchOutput>;

export function createFetch({ env, clock, random }: FunctionContext): Fetch {
  const log = createLog(env);
  const table = createTable(env);
  const documents = createDocumentStore(table);
  const tokens = createTokens(env, clock);
  const accounts = createAccounts(table, tokens);
  const voice = createVoice(env);
  const web = createCustomerWeb(env);
  const layout = createLayout(env, table, clock);
  const audio = createAudio({ env, web, clock });

  return async input => {
    if ('wake' in input) {
      await tellCall(voice, clock, input.transactionId, { wake: 'now' });
      return { pending: true };
    }
    const { rootSid, request, deadlineMs = 0 } = input;
    if (!(await documents.claim(rootSid, request.id, clock.now()))) return resultOfAnother(input);

    const result = await obtain(input).catch((error: unknown): DocumentResult => {
      // The claim stands, so nobody else will ask: the call has to be told that nothing comes.
      log('error', 'A document request failed', { callSid: request.call.sid, ...errorFields(error) });
      return { error: FAILED };
    });
    if (request.discard) return { pending: true };
    await documents.finish(rootSid, request.id, result);
    if (clock.now() <= deadlineMs) return { result };
    await tellCall(voice, clock, input.transactionId, { document: request.id });
    return { pending: true };
  };

  async function obtain({ accountSid, dialect, request }: DocumentInput): Promise<DocumentResult> {
    const authToken = await accounts.authToken(accountSid);
    if (authToken === undefined) throw new Error(`Account ${accountSid} is gone.`);
    const result: WrittenResult = request.verbs
      ? { verbs: [...request.verbs], notifications: [] }
      : await obtainDocument({
          web,
          clock,
          documents: documentsOf(dialect),
          request,
          authToken,
          accountSid,
          random,
        });
    if ('error' in result) {
      log('warn', 'A document could not be had', { callSid: request.call.sid, ...result.error });
      return result;
    }
    // Nobody will carry it out.
    if (request.discard) return { verbs: [] };
    const laidOut = await layout.verbs(result.verbs, { accountSid, call: request.call });
    const verbs = await audio.collect(accountSid, laidOut.verbs, audioRetriesOf(dialect));
    return {
      ...(result.fellBack && { fellBack: result.fellBack }),
      verbs: await sealVerbs(verbs, sealFor(tokens, accountSid)),
      notifications: [...result.notifications, ...laidOut.notifications],
    };
  }

  /** The same request came again, since its asker did: its result serves both, and the customer's server sees nothing. */
  async function resultOfAnother({ rootSid, request, deadlineMs = 0 }: DocumentInput): Promise<FetchOutput> {
    for (;;) {
      const stored = await documents.get(rootSid, request.id);
      if (stored?.result) return { result: stored.result };
      if (stored && stored.claimedAtMs + CLAIM_LEASE_MS < clock.now()) return { result: { error: LOST } };
      if (clock.now() >= deadlineMs) return { pending: true };
      await clock.sleep(POLL_MS);
    }
  }
}

const FAILED: DocumentFailure = {
  reason: 'unreachable',
  code: 20500,
  message: 'The platform itself failed to fetch the document; its log says why.',
};
const LOST: DocumentFailure = {
  reason: 'unreachable',
  code: 11200,
  message: 'The request for the document was interrupted and is not repeated.',
};

/** Says to the call that its document has come, for which it then asks the table; or wakes it. */
async function tellCall(
  voice: Voice,
  clock: Clock,
  transactionId: string | undefined,
  what: Record<string, string>,
): Promise<void> {
  if (transactionId === undefined) return;
  for (const waitMs of [...UPDATE_RETRY_MS, undefined]) {
    try {
      return await voice.updateCall(transactionId, what);
    } catch (error) {
      if (error instanceof VoiceCallGone) return;
      if (!(error instanceof VoiceBusy || error instanceof VoiceUnclear) || waitMs === undefined) throw error;
      await clock.sleep(waitMs);
    }
  }
}
