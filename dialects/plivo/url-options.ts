/**
 * What a URL's fragment asks for: `#ct=2000&rt=5000&tt=15000&rc=2&rp=ct,rt&er=nearest` (Plivo, "Callback configuration"). The times are
 * taken as far as a call can wait; a URL is asked from everywhere alike.
 */
import type { WebTarget } from '../../core/call.ts';
import type { DocumentRequest } from '../../core/document.ts';
import type { RetryCause, RetryRule } from '../dialect.ts';

/** The longest that a server may say nothing, in milliseconds: a document's is waited for that long if its URL says nothing else. */
export const LONGEST_SILENCE_MS = 15_000;
export const MAX_RETRIES = 5;
/** An answer URL has three tries, any other one two. */
export const DEFAULT_RETRIES = { answer: 2, other: 1 } as const;

const ALL_CAUSES: readonly RetryCause[] = ['connect', 'read', '4xx', '5xx'];

/** Of audio, which no fragment changes; both tries together take no longer than one could. */
export const AUDIO_RETRIES: RetryRule = {
  tries: 2,
  on: ALL_CAUSES,
  withinMs: LONGEST_SILENCE_MS,
};

const TIMES = ['ct', 'rt'];
const OF_ALL_TRIES = ['tt', 'rc', 'rp', 'er'];

/** `rp`: what is tried again. */
const CAUSES: Readonly<Record<string, readonly RetryCause[]>> = {
  ct: ['connect'],
  rt: ['read'],
  '4xx': ['4xx'],
  '5xx': ['5xx'],
  all: ALL_CAUSES,
};
const DEFAULT_CAUSES = 'ct,rt';

/** The URL with a fragment that says no more than the time limits of one try; a fragment that sets nothing is left as it is. */
export function withTimeLimits(url: string): string {
  const [page, options] = parts(url);
  if (options === undefined) return url;
  const limits = options.filter(([name]) => !OF_ALL_TRIES.includes(name)).map(limited);
  return limits.length === 0 ? page : `${page}#${limits.join('&')}`;
}

/** When a document's URL is asked again. What `rc`, `rp` and `tt` cannot be taken for leaves their defaults. */
export function retriesOf(
  target: WebTarget,
  { purpose, target: asked }: Pick<DocumentRequest, 'purpose' | 'target'>,
): RetryRule {
  const [, options = []] = parts(target.url);
  const { rc = '', rp = '', tt = '' } = Object.fromEntries(options);
  const otherwise = purpose === 'first' && target === asked ? DEFAULT_RETRIES.answer : DEFAULT_RETRIES.other;
  return {
    tries: 1 + (isWhole(rc) ? Math.min(Number(rc), MAX_RETRIES) : otherwise),
    on: causes(rp) ?? causes(DEFAULT_CAUSES) ?? [],
    ...(isWhole(tt) && { withinMs: Number(tt) }),
  };
}

function causes(list: string): RetryCause[] | undefined {
  const known = list.split(',').flatMap(word => (Object.hasOwn(CAUSES, word) ? (CAUSES[word] ?? []) : []));
  return known.length === 0 ? undefined : [...new Set(known)];
}

const isWhole = (text: string) => /^\d{1,9}$/.test(text);

/** What stands before the mark, and the options behind it, if there are any. */
function parts(url: string): [page: string, options?: [name: string, value: string][]] {
  const mark = url.indexOf('#');
  if (mark === -1 || !url.includes('=', mark)) return [url];
  const options = url
    .slice(mark + 1)
    .split('&')
    .map((pair): [string, string] => {
      const [name = '', value = ''] = pair.split('=');
      return [name, value];
    });
  return [url.slice(0, mark), options];
}

function limited([name, value]: [name: string, value: string]): string {
  const isLonger = TIMES.includes(name) && /^\d{1,5}$/.test(value) && Number(value) > LONGEST_SILENCE_MS;
  return `${name}=${isLonger ? LONGEST_SILENCE_MS : value}`;
}
