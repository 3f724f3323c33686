import { describe, expect, it } from 'vitest';
import { withTimeLimits } from '../../../dialects/plivo/url-options.ts';
import { parseUrlOptions } from '../../../web/url-options.ts';

const PAGE = 'https://example.com/answer?a=b';

describe('The fragment of a URL', () => {
  it.each([
    ['', ''],
    ['#top', '#top'],
    ['#ct=500&rt=2000&tt=5000', '#ct=500&rt=2000&tt=5000'],
    ['#rt=40000&tt=55000', '#rt=15000&tt=15000'],
    ['#rc=3&rp=all&er=frankfurt', ''],
    ['#ct=500&rc=3&rp=ct,rt', '#ct=500'],
  ])('%j asks for %j', (written, taken) => {
    expect(withTimeLimits(PAGE + written)).toBe(PAGE + taken);
  });

  it('is then one that requests can be made with', () => {
    const url = withTimeLimits(`${PAGE}#ct=10000&rt=40000&tt=55000&rc=5&rp=4xx,5xx&er=nearest`);
    expect(parseUrlOptions(url.split('#')[1] ?? '')).toEqual({
      connectMs: 10_000,
      readMs: 15_000,
      totalMs: 15_000,
    });
  });
});
