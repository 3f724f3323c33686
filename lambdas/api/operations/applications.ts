import type { Stored } from '../../../aws/account-items.ts';
import { type Application, MAX_APPLICATIONS } from '../../../core/application.ts';
import type { ApplicationChange } from '../../../core/operation.ts';
import { Problem } from '../../../core/problem.ts';
import { newSid } from '../../../core/sid.ts';
import { assertRoom } from './limit.ts';
import type { Operation, OperationContext, Tools } from './operation.ts';
import { withVoice } from './voice-settings.ts';

/** In the order in which they were made. */
export const listApplications: Operation<'listApplications'> = async (
  { friendlyName },
  { applications },
  { request },
) => {
  const all = await applications.list(request.accountSid);
  const shown = all.filter(each => friendlyName === undefined || each.friendlyName === friendlyName);
  return { result: { applications: shown.toSorted((a, b) => a.createdAtMs - b.createdAtMs) } };
};

export const readApplication: Operation<'readApplication'> = async ({ sid }, tools, context) => ({
  result: { application: (await findApplication(sid, tools, context)).value },
});

export const createApplication: Operation<'createApplication'> = async (input, tools, context) => {
  const { applications, clock, random } = tools;
  const { accountSid } = context.request;
  assertRoom('applications', await applications.list(accountSid), MAX_APPLICATIONS);
  const nowMs = clock.now();
  const application = changedBy(input, {
    sid: newSid('AP', random),
    accountSid,
    dialect: context.dialect.name,
    friendlyName: input.friendlyName,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  });
  await applications.create(application);
  return { result: { application } };
};

export const changeApplication: Operation<'changeApplication'> = async ({ sid, change }, tools, context) => {
  const { value: before, version } = await findApplication(sid, tools, context);
  const application = changedBy(change, {
    ...before,
    dialect: context.dialect.name,
    updatedAtMs: tools.clock.now(),
  });
  await tools.applications.replace(application, version);
  return { result: { application } };
};

export const deleteApplication: Operation<'deleteApplication'> = async ({ sid }, tools, context) => {
  if (!(await tools.applications.remove(context.request.accountSid, sid))) throw unknown(sid);
  return { result: undefined };
};

function changedBy({ friendlyName, delayAnswer, ...voice }: ApplicationChange, before: Application) {
  const { delayAnswer: delayed, ...application } = withVoice(before, voice);
  return {
    ...application,
    ...(friendlyName !== undefined && { friendlyName }),
    ...((delayAnswer ?? delayed) && { delayAnswer: true as const }),
  };
}

async function findApplication(
  sid: string,
  { applications }: Tools,
  { request }: OperationContext,
): Promise<Stored<Application>> {
  const found = await applications.get(request.accountSid, sid);
  if (found === undefined) throw unknown(sid);
  return found;
}

const unknown = (sid: string) => new Problem('unknown-resource', `There is no application ${sid}.`);
