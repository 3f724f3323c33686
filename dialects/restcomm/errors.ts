/** Problems as this platform tells them: a status, and a message in XML or JSON. */
import type { Problem, ProblemKind } from '../../core/problem.ts';
import type { ApiAnswer, ProblemRequest } from '../dialect.ts';
import { HTTP_STATUSES } from '../problem-status.ts';
import { element, escaped, wantsJson, xmlAnswer } from './representation.ts';

/** The HTTP status of each kind of problem. */
export const STATUSES: Readonly<Record<ProblemKind, number>> = { ...HTTP_STATUSES, 'call-over': 410 };

/** Of a call that is not there, to whom wants to change it. */
export const UNKNOWN_CALL_TO_CHANGE = 406;
/** The platform's reason codes, where one says more than the status: what is asked for is not there. */
const REASON_CODES: Readonly<Partial<Record<ProblemKind, number>>> = { 'out-of-reach': 1002 };

const HEADERS: Readonly<Partial<Record<ProblemKind, Record<string, string>>>> = {
  unauthorized: { 'www-authenticate': 'Basic realm="Restcomm realm"' },
  'too-many-requests': { 'retry-after': '1' },
};

export function problem(problem: Problem, request: ProblemRequest): ApiAnswer {
  const { kind, message, code = REASON_CODES[problem.kind] } = problem;
  const status = statusOf(kind, request);
  const text = code === undefined ? message : `${code}: ${message}`;
  if (kind === 'missing-parameter') return { status, headers: { 'content-type': 'text/plain' }, body: text };
  const headers = HEADERS[kind];
  return wantsJson(request)
    ? { status, ...(headers && { headers }), body: { message: text } }
    : xmlAnswer(status, element('Message', escaped(text)), headers);
}

/** Whoever wants to change a call that is not there is told otherwise than who wants to read it. */
const statusOf = (kind: ProblemKind, { method }: ProblemRequest): number =>
  kind === 'unknown-call' && method !== 'GET' ? UNKNOWN_CALL_TO_CHANGE : STATUSES[kind];
