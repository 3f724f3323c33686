import type { PlaceCall } from '../../../core/operation.ts';
import type { Tools } from './operation.ts';

/** The same tools for a request that places many calls: whatever several of them depend on is read once. */
export function readingOnce(tools: Tools, calls: readonly PlaceCall[]): Tools {
  const { numbers, applications, directories } = tools;
  const destinations = calls.flatMap(({ to, entry }) => ('join' in entry ? [to, entry.join.to] : [to]));
  const directory = remembered((accountSid: string) => directories.read(accountSid, destinations));
  return {
    ...tools,
    numbers: { ...numbers, get: remembered(numbers.get), list: remembered(numbers.list) },
    applications: { ...applications, get: remembered(applications.get) },
    directories: { read: accountSid => directory(accountSid) },
  };
}

function remembered<N extends string[], R>(read: (...names: N) => Promise<R>): typeof read {
  const answers = new Map<string, Promise<R>>();
  return (...names) => {
    const asked = names.join('\n');
    const answer = answers.get(asked) ?? read(...names);
    answers.set(asked, answer);
    return answer;
  };
}
