import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { detached } from '../../../sip/grammar/detached.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

describe('a detached text', () => {
  it.each([
    '',
    'short',
    'a text of some length',
    'a text of more than one or two lines '.repeat(20),
    'ünïcödé of some length',
    '漢字 of some length',
    'stray \udc80 byte of some length',
  ])('is the same text: %j', text => {
    expect(detached(`${text}, and more`.slice(0, text.length))).toBe(text);
  });

  it('does not keep what it was cut from', () => {
    const cut = (cutOut: (text: string) => string) => {
      collect();
      const before = process.memoryUsage().heapUsed;
      const kept = Array.from({ length: 200 }, (_, n) => cutOut(`${n}`.padEnd(100_000, 'x').toUpperCase()));
      collect();
      return (process.memoryUsage().heapUsed - before) / kept.length;
    };
    expect(cut(text => text.slice(0, 20))).toBeGreaterThan(50_000);
    expect(cut(text => detached(text.slice(0, 20)))).toBeLessThan(50_000);
  });
});
