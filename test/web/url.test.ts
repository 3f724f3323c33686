import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactUrl } from '../../core/redact-url.ts';
import { InvalidUrlError, InvalidUrlOptionsError } from '../../web/errors.ts';
import { parseTarget } from '../../web/url.ts';
import { parseUrlOptions } from '../../web/url-options.ts';

// biome-ignore format: one list
const unusableUrls = [
  '', 'voice.xml', '/voice', 'http://', 'http://[fe80::1%25eth0]/', 'http://256.1.1.1/', 'ftp://example.com/',
  'file:///etc/passwd', 'gopher://example.com/', 'javascript:alert(1)', 'data:text/xml,<Response/>',
];

describe('A URL', () => {
  it('is taken apart into what is sent and what is not', () => {
    const target = parseTarget('https://ann:p%40ss@example.com:8443/voice?a=1#tt=5000');

    expect(target.url.href).toBe('https://example.com:8443/voice?a=1');
    expect(target.basicCredentials).toBe(Buffer.from('ann:p@ss').toString('base64'));
    expect(target.baseUrl).toBe('https://ann:p%40ss@example.com:8443/voice?a=1');
    expect(target.fragment).toBe('tt=5000');
  });

  it.each(unusableUrls)('"%s" is refused before anything is asked', text => {
    expect(() => parseTarget(text)).toThrow(InvalidUrlError);
  });

  it('that cannot be read does not show its credentials in the error', () => {
    try {
      parseTarget('https://ann:hunter2@exa mple.com/');
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
      expect((error as Error).cause).toBeUndefined();
    }
  });

  it.each([
    ['https://ann:hunter2@example.com/a/b?token=secret#tt=100', 'https://example.com/a/b?…'],
    ['http://example.com', 'http://example.com/'],
    ['//ann:hunter2@example.com', '(unreadable URL)'],
  ])('%s is shown as %s', (url, shown) => {
    expect(redactUrl(url)).toBe(shown);
  });

  it('is never shown with its password', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), fc.uuid(), (url, password) => {
        expect(redactUrl(url.replace('://', `://user:${password}@`))).not.toContain(password);
      }),
    );
  });
});

// biome-ignore format: one list
const badFragments = [
  'rt=99', 'rt=15001', 'ot=10001', 'tt=', 'tt=abc', 'tt=-1', 'tt=1e3', 'tt=500=1', 'tt=5000&', 'tt=500&tt=600',
  'ct=500&ot=500', 'rc=3', 'constructor=500', 'tt = 500', 'RT=500',
];

describe("A URL's fragment", () => {
  it('sets time limits', () => {
    expect(parseUrlOptions('ot=500&rt=2000&tt=7000')).toEqual({
      connectMs: 500,
      readMs: 2_000,
      totalMs: 7_000,
    });
    expect(parseUrlOptions('ct=10000')).toEqual({ connectMs: 10_000 });
  });

  it('without an = is an ordinary one and sets nothing', () => {
    expect(parseUrlOptions('')).toEqual({});
    expect(parseUrlOptions('section-2')).toEqual({});
  });

  it.each(badFragments)('"%s" is an error', fragment => {
    expect(() => parseUrlOptions(fragment)).toThrow(InvalidUrlOptionsError);
  });

  it('never makes anything but limits or that error', () => {
    const piece = fc.constantFrom('ot', 'rt', 'tt', 'ct', '=', '&', '500', '15000', '0', 'x');
    fc.assert(
      fc.property(
        fc.array(piece).map(pieces => pieces.join('')),
        fragment => {
          try {
            for (const limitMs of Object.values(parseUrlOptions(fragment))) {
              expect(limitMs).toBeGreaterThanOrEqual(100);
              expect(limitMs).toBeLessThanOrEqual(15_000);
            }
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidUrlOptionsError);
          }
        },
      ),
    );
  });
});
