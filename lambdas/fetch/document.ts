/** One document: from its URL, or else from the fallback's; each is asked as often as its dialect's rule says. */
import type { Clock } from '../../core/clock.ts';
import type { DocumentFailure, DocumentRequest, DocumentResult, Notification } from '../../core/document.ts';
import type { Random } from '../../core/random.ts';
import { redactUrl } from '../../core/redact-url.ts';
import type { Verb } from '../../core/verb.ts';
import { DocumentError, type DocumentFault, type Documents } from '../../dialects/dialect.ts';
import { requireSuccess, type WebClient } from '../../web/client.ts';
import { BodyTooLargeError, StatusError, WebError } from '../../web/errors.ts';
import { documentLimits, type WebLimits } from '../../web/limits.ts';
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
export type WrittenResult = Pick<DocumentResult, 'fellBack'> & { notifications: Notification[] } & (
    | { verbs: Verb[] }
    | { error: DocumentFailure }
  );

/** Never throws for what a customer's server does: that becomes the result's error, in the dialect's numbers. */
export async function obtainDocument(quest: DocumentQuest): Promise<WrittenResult> {
  const { request, documents, web, clock, authToken, accountSid, random } = quest;
  const notifications: Notification[] = [];
  const fallback = documents.fallsBack.includes(request.purpose) ? request.fallback : undefined;
  let fellBack: DocumentFailure | undefined;
  let failure: (DocumentFailure & { url: string }) | undefined;

  for (const target of [request.target, fallback]) {
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
    const inWords = (error: unknown) => ({ ...failureOf(error, quest), url: redactUrl(target.url) });
    const failed = (error: unknown) => {
      const { code, message, url } = inWords(error);
      notifications.push({ code, message, url, level: 'warning', occurredAtMs: clock.now() });
    };
    try {
      const answer = await tryUntil({
        rule: documents.retriesOf?.(target, request),
        clock,
        attempt,
        failed,
      });
      const contentType = answer.headers['content-type'];
      const parsed = documents.parse({
        body: new TextDecoder().decode(answer.body),
        url: answer.baseUrl,
        nowMs: clock.now(),
        ...(contentType !== undefined && { contentType }),
      });
      return {
        verbs: parsed.verbs,
        notifications: [...notifications, ...parsed.notifications],
        ...(failure && { fellBack: failure }),
      };
    } catch (error) {
      fellBack = failure;
      failure = inWords(error);
    }
  }
  if (failure === undefined)
    throw new Error(`Request ${request.id} of ${request.call.sid} asks for nothing.`);
  return { error: failure, notifications, ...(fellBack && { fellBack }) };
}

/** A try has no more time than is left for all of them. */
function limitsOf({ maxBytes: bodyBytes, readMs }: Documents, leftMs: number): Partial<WebLimits> {
  const totalMs = Math.min(documentLimits.totalMs, leftMs);
  return { bodyBytes, totalMs, ...(readMs !== undefined && { readMs }) };
}

/** In the dialect's number. What is not the customer's to mend is ours, and thrown on. */
function failureOf(
  error: unknown,
  { documents, request }: Pick<DocumentQuest, 'documents' | 'request'>,
): DocumentFailure {
  const fault = faultOf(error);
  if (fault === undefined) throw error;
  const { code, reason } = fault;
  const { message } = error as Error;
  return { code: documents.codeOf?.(fault, request.purpose) ?? code, message, reason };
}

function faultOf(error: unknown): DocumentFault | undefined {
  if (error instanceof DocumentError) return { reason: 'invalid', code: error.code };
  if (error instanceof BodyTooLargeError) return { reason: 'invalid', code: error.number };
  if (error instanceof StatusError)
    return { reason: 'unreachable', code: error.number, httpStatus: error.status };
  return error instanceof WebError ? { reason: 'unreachable', code: error.number } : undefined;
}
