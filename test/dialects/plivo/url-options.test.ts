import { describe, expect, it } from 'vitest';
import { retriesOf, withTimeLimits } from '../../../dialects/plivo/url-options.ts';
import { parseUrlOptions } from '../../../web/url-options.ts';

const PAGE = 'https://example.com/answer?a=b';

describe('The fragment of a URL', () => {
  it.each([
    ['', ''],
    ['#top', '#top'],
    ['#ct=500&rt=2000', '#ct=500&rt=2000'],
    ['#rt=40000&tt=55000', '#rt=15000'],
    ['#tt=5000&rc=3&rp=all&er=frankfurt', ''],
    ['#ct=500&rc=3&rp=ct,rt', '#ct=500'],
  ])('%j gives each try %j', (written, taken) => {
    expect(withTimeLimits(PAGE + written)).toBe(PAGE + taken);
  });

  it('is then one that requests can be made with', () => {
    const url = withTimeLimits(`${PAGE}#ct=10000&rt=40000&tt=55000&rc=5&rp=4xx,5xx&er=nearest`);
    expect(parseUrlOptions(url.split('#')[1] ?? '')).toEqual({ connectMs: 10_000, readMs: 15_000 });
  });
});

describe('A document is asked for', () => {
  const rule = (fragment: string, purpose: 'first' | 'action' = 'action') => {
    const target = { url: PAGE + fragment, method: 'POST' as const };
    return retriesOf(target, { purpose, target });
  };
  const BY_DEFAULT = { tries: 2, on: ['connect', 'read'] };

  it('twice where no connection or no answer comes in time, an answer URL three times', () => {
    expect(rule('')).toEqual(BY_DEFAULT);
    expect(rule('', 'first')).toEqual({ ...BY_DEFAULT, tries: 3 });
  });

  it('twice at a fallback URL', () => {
    const [target, fallback] = ['/one', '/two'].map(url => ({ url, method: 'POST' as const }));
    expect(retriesOf(fallback as never, { purpose: 'first', ...(target && { target }) })).toEqual(BY_DEFAULT);
  });

  it.each([
    ['#rc=0', 1],
    ['#rc=1', 2],
    ['#rc=5', 6],
    ['#rc=6', 6],
    ['#rc=-1', 2],
    ['#rc=', 2],
    ['#rc', 2],
    ['#rc=many', 2],
  ])('by %s %i times', (fragment, tries) => {
    expect(rule(fragment).tries).toBe(tries);
  });

  it.each([
    ['#rp=ct', ['connect']],
    ['#rp=rt', ['read']],
    ['#rp=4xx,5xx', ['4xx', '5xx']],
    ['#rp=ct,all', ['connect', 'read', '4xx', '5xx']],
    ['#rp=5xx,toString', ['5xx']],
    ['#rp=', ['connect', 'read']],
    ['#rp=never', ['connect', 'read']],
  ])('again by %s after %j', (fragment, on) => {
    expect(rule(fragment).on).toEqual(on);
  });

  it('within the time for all tries that its URL gives', () => {
    expect(rule('#tt=4000').withinMs).toBe(4_000);
    expect(rule('#tt=soon')).toEqual(BY_DEFAULT);
  });
});
