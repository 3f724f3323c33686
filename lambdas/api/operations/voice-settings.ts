/** Who decides what becomes of calls that come in: numbers, clients and applications change it alike. */
import type { VoiceSettings } from '../../../core/application.ts';
import type { WebTarget } from '../../../core/call.ts';
import type { OwnerChange, VoiceChange } from '../../../core/operation.ts';
import { Problem } from '../../../core/problem.ts';
import type { OperationContext, Tools } from './operation.ts';

const TARGETS = ['voice', 'voiceFallback', 'statusCallback', 'refer'] as const;

/** With the changes. What a status callback is told is for the dialect to say that asks for them. Throws Problem. */
export function withVoice<T extends Partial<VoiceSettings>>(before: T, change: VoiceChange): T {
  const { callbackEvents: _, ...after } = before;
  const settings = { ...after, ...(change.callbackEvents && { callbackEvents: change.callbackEvents }) };
  for (const name of TARGETS) {
    const target = changed(before[name], change[name], name);
    if (target === undefined) delete settings[name];
    else settings[name] = target;
  }
  return settings as T;
}

/** Throws Problem when there is no such application. */
export async function withApplication<T extends Partial<VoiceSettings>>(
  before: T,
  { applicationSid }: OwnerChange,
  { applications }: Tools,
  { request }: OperationContext,
): Promise<T> {
  if (applicationSid === undefined) return before;
  const { applicationSid: _, ...without } = before;
  if (applicationSid === null) return without as T;
  if ((await applications.get(request.accountSid, applicationSid)) === undefined)
    throw new Problem('invalid-parameter', `There is no application ${applicationSid}.`, {
      field: 'applicationSid',
    });
  return { ...before, applicationSid };
}

function changed(
  before: WebTarget | undefined,
  change: Partial<WebTarget> | null | undefined,
  name: string,
): WebTarget | undefined {
  if (change === undefined) return before;
  if (change === null) return undefined;
  const { url, method = 'POST' } = { ...before, ...change };
  if (url !== undefined) return { url, method };
  throw new Problem(
    'missing-parameter',
    'A method says how a URL is asked, and there is none yet: send both.',
    { field: name },
  );
}
