/** What the fetch function is asked, and answers. */
import type { DocumentRequest, DocumentResult } from '../../core/document.ts';

export interface DocumentInput {
  rootSid: string;
  accountSid: string;
  dialect: string;
  transactionId?: string;
  request: DocumentRequest;
  /** Until then the asker waits (epoch milliseconds); later results go to the call itself. Absent: nobody waits at all. */
  deadlineMs?: number;
}

/** A call is to be woken: only an update of it cuts what runs. */
export interface WakeInput {
  wake: true;
  transactionId: string;
}

export type FetchInput = DocumentInput | WakeInput;

/** `pending`: the call will be told. */
export type FetchOutput = { result: DocumentResult } | { pending: true };
