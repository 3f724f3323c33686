import type { PlaceCall } from '../../../core/operation.ts';
import { Problem } from '../../../core/problem.ts';
import type { OperationContext, Tools } from './operation.ts';

export type OwnPlan = Omit<PlaceCall, 'entry'> & {
  entry: Exclude<PlaceCall['entry'], { applicationSid: string }>;
};

/** What a call does and in which dialect, once the application that it names has been read. Throws Problem. */
export async function followApplication(
  input: PlaceCall,
  { applications }: Pick<Tools, 'applications'>,
  { request, dialect }: OperationContext,
): Promise<{ input: OwnPlan; dialect: string }> {
  const { entry, ...rest } = input;
  if (!('applicationSid' in entry)) return { input: { ...rest, entry }, dialect: dialect.name };
  const { applicationSid, first } = entry;
  const application = (await applications.get(request.accountSid, applicationSid))?.value;
  const field = 'applicationSid';
  if (application === undefined) {
    throw new Problem('invalid-parameter', `There is no application ${applicationSid}.`, { field });
  }
  const {
    voice,
    voiceFallback,
    statusCallback,
    callbackEvents: events = ['completed' as const],
  } = application;
  if (voice === undefined) {
    throw new Problem(
      'invalid-parameter',
      `The application ${applicationSid} has no voice URL, so it does not say what a call should do: give it one.`,
      { field },
    );
  }
  const { callback: _, ...call } = rest;
  return {
    input: {
      ...call,
      entry: { target: voice, ...(voiceFallback && { fallback: voiceFallback }), ...(first && { first }) },
      ...(statusCallback && { callback: { ...statusCallback, events } }),
    },
    dialect: application.dialect,
  };
}
