/** One document: from its URL, or else from the fallback's; each is asked as often as its dialect's rule says. */
import type { Clock } from '../../core/clock.ts';
import type { DocumentFailure, DocumentRequest, Notification } from '../../core/document.ts';
import type { Random } from '../../core/random.ts';
import type { Verb } from '../../core/verb.ts';
import { DocumentError, type Documents } from '../../dialects/dialect.ts';
import { requireSuccess, type WebClient } from '../../web/client.ts';
import { WebError } from '../../web/errors.ts';
import { documentLimits, type WebLimits } from '../../web/limits.ts';
import { redactUrl } from '../../web/url.ts';
import { newNonce } from '../nonce.ts';
import { tryUntil } from './tries.ts';

export interface DocumentQuest {
  web: WebClient;
  clock: Clock;
  documents: Documents;
  request: DocumentRequest;
  authToken: string;
  accountSid: string;
  random: Random;
}

/** What came of a request. Its verbs are as their author wrote them: their Dials are still to be laid out. */
export type WrittenResult = { notifications: Notification[] } & (
  | { verbs: readonly Verb[] }
  | { error: DocumentFailure }
);

/** Never throws for what a customer's server does: that becomes the result's error, in the dialect's numbers. */
export async function obtainDocument(quest: DocumentQuest): Promise<WrittenResult> {
  const { request, documents, web, clock, authToken, accountSid, random } = quest;
  const notifications: Notification[] = [];
  let failure: (DocumentFailure & { url: string }) | undefined;

  for (const target of [request.target, request.fallback]) {
    if (target === undefined) continue;
    const before = failure;
    const attempt = async (leftMs: number) => {
      const { parameters: _, ...question } = documents.ask({
        target,
        call: request.call,
        purpose: request.purpose,
        authToken,
        accountSid,
        nonce: newNonce(random),
        nowMs: clock.now(),
        ...(request.facts && { facts: request.facts }),
        ...(before && { failure: before }),
      });
      return requireSuccess(await web.request({ ...question, limits: limitsOf(documents, leftMs) }));
    };
    const note = (level: Notification['level'], { code, message }: DocumentFailure) =>
      notifications.push({ code, message, url: redactUrl(target.url), level, occurredAtMs: clock.now() });
    try {
      const answer = await tryUntil({
        rule: documents.retriesOf?.(target, request),
        clock,
        attempt,
        failed: error => note('warning', inWords(error)),
      });
      const contentType = answer.headers['content-type'];
      const parsed = documents.parse({
        body: new TextDecoder().decode(answer.body),
        url: answer.baseUrl,
        nowMs: clock.now(),
        ...(contentType !== undefined && { contentType }),
      });
      return { verbs: parsed.verbs, notifications: [...notifications, ...parsed.notifications] };
    } catch (error) {
      failure = { ...inWords(error), url: redactUrl(target.url) };
      note('error', failure);
    }
  }
  if (failure === undefined)
    throw new Error(`Request ${request.id} of ${request.call.sid} asks for nothing.`);
  // The failure itself is told by the engine, which ends the call over it.
  const instead = documents.afterFailure?.(failure, request);
  return { error: { ...failure, ...(instead && { instead }) }, notifications: notifications.slice(0, -1) };
}

/** A try has no more time than is left for all of them. */
function limitsOf({ maxBytes: bodyBytes, readMs }: Documents, leftMs: number): Partial<WebLimits> {
  const totalMs = Math.min(documentLimits.totalMs, leftMs);
  return { bodyBytes, totalMs, ...(readMs !== undefined && { readMs }) };
}

/** What is the customer's to mend; anything else is ours, and thrown on. */
function inWords(error: unknown): DocumentFailure {
  const { message } = error as Error;
  if (error instanceof DocumentError) return { code: error.code, message, reason: 'invalid' };
  if (error instanceof WebError) return { code: error.number, message, reason: 'unreachable' };
  throw error;
}
