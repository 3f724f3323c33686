/**
 * The protocol of CloudFormation custom resources: a request names a `ResponseURL`, and CloudFormation waits
 * until the outcome is put there. A function may be asked twice for the same thing, so resources are idempotent.
 */

import type { Clock } from '../core/clock.ts';
import type { FunctionContext } from './function-context.ts';
import { createLog } from './log.ts';

export interface ResourceRequest<Properties> {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  /** What a former answer named; absent on Create. */
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Properties;
  /** What an Update changes. */
  readonly OldResourceProperties?: Properties;
}

export interface ResourceOutcome {
  /** A new one on Update tells CloudFormation to delete the old resource afterwards. */
  readonly physicalResourceId: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** What a kind of resource does; each throws an error whose message an operator understands. */
export interface ResourceKind<Properties> {
  create(properties: Properties, request: ResourceRequest<Properties>): Promise<ResourceOutcome>;
  update(properties: Properties, physicalResourceId: string, old: Properties): Promise<ResourceOutcome>;
  delete(properties: Properties, physicalResourceId: string): Promise<void>;
}

/** The name of a resource whose creation failed: CloudFormation asks to delete that too. */
const NEVER_MADE = 'never-made';
/** CloudFormation shows about this much of a reason, and refuses an answer above 4,096 bytes. */
const REASON_CHARACTERS = 900;
const ANSWER_DELAYS_MS = [0, 1_000, 5_000];

/** A handler that asks `kind` and tells CloudFormation the outcome, also when it failed. */
export function resourceHandler<Properties>(
  kind: ResourceKind<Properties>,
  { env, clock }: Pick<FunctionContext, 'env' | 'clock'>,
) {
  const log = createLog(env);
  return async (request: ResourceRequest<Properties>): Promise<void> => {
    const outcome = await outcomeOf(kind, request);
    const { RequestType, LogicalResourceId } = request;
    if (outcome.Reason) {
      log('error', 'A resource failed', { RequestType, LogicalResourceId, reason: outcome.Reason });
    }
    await answer(request, outcome, clock);
  };
}

type Answer = { Status: 'SUCCESS' | 'FAILED'; PhysicalResourceId: string; Reason?: string; Data?: unknown };

async function outcomeOf<P>(kind: ResourceKind<P>, request: ResourceRequest<P>): Promise<Answer> {
  const { RequestType, ResourceProperties: properties, PhysicalResourceId: id = NEVER_MADE } = request;
  try {
    if (RequestType === 'Delete') {
      if (id !== NEVER_MADE) await kind.delete(properties, id);
      return { Status: 'SUCCESS', PhysicalResourceId: id };
    }
    const { physicalResourceId, data } =
      RequestType === 'Create'
        ? await kind.create(properties, request)
        : await kind.update(properties, id, request.OldResourceProperties ?? properties);
    return { Status: 'SUCCESS', PhysicalResourceId: physicalResourceId, ...(data && { Data: data }) };
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { Status: 'FAILED', PhysicalResourceId: id, Reason: reason.slice(0, REASON_CHARACTERS) };
  }
}

async function answer<P>(request: ResourceRequest<P>, outcome: Answer, clock: Clock): Promise<void> {
  const { StackId, RequestId, LogicalResourceId } = request;
  // Bytes, not text: the URL is signed for a request without a content type, and fetch would add one to text.
  const body = new TextEncoder().encode(
    JSON.stringify({ ...outcome, StackId, RequestId, LogicalResourceId }),
  );
  let failure: unknown;
  for (const delay of ANSWER_DELAYS_MS) {
    await clock.sleep(delay);
    try {
      const response = await fetch(request.ResponseURL, { method: 'PUT', body });
      if (response.ok) return;
      failure = new Error(`CloudFormation's response URL answered ${response.status}.`);
    } catch (error) {
      failure = error;
    }
  }
  // Lambda invokes the function again, which finds the work done and has three more tries to say so.
  throw failure;
}
