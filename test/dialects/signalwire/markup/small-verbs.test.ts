import { describe, expect, it } from 'vitest';
import { notesOf, read, refusalOf, verbOf } from './reading.ts';

describe('<Play>', () => {
  it.each([
    ['https://cdn.example/a.mp3', 'https://cdn.example/a.mp3'],
    ['/a.mp3', 'https://example.com/a.mp3'],
    ['a.mp3?x=1&amp;y=2', 'https://example.com/app/a.mp3?x=1&y=2'],
    ['\n  https://cdn.example/a b.wav\n', 'https://cdn.example/a%20b.wav'],
  ])('plays %j from %s', (text, url) => {
    expect(verbOf(`<Play>${text}</Play>`)).toEqual({ verb: 'Play', url, loop: 1 });
  });

  it.each([
    ['0', 0],
    ['3', 3],
  ])('with loop="%s" plays %i times, where 0 means until the call ends', (loop, times) => {
    expect(verbOf(`<Play loop="${loop}">a.mp3</Play>`)).toMatchObject({ loop: times });
  });

  it.each([
    ['x', 1],
    ['-1', 1],
    ['5000', 1_000],
  ])('with loop="%s" plays %i times, with warning 13410', (loop, times) => {
    expect(verbOf(`<Play loop="${loop}">a.mp3</Play>`)).toMatchObject({ loop: times });
    expect(notesOf(`<Play loop="${loop}">a.mp3</Play>`)).toEqual([13410]);
  });

  it.each(['', 'rtmp://example.com/live', 'http://', 'file:///etc/passwd'])(
    'of "%s" is skipped, with warning 21455',
    text => {
      expect(read(`<Play>${text}</Play>`)).toMatchObject({ verbs: [], notifications: [{ code: 21455 }] });
    },
  );

  it('with digits presses them', () => {
    expect(verbOf('<Play digits="ww12#W*A"/>')).toEqual({ verb: 'SendDigits', digits: 'ww12#W*A', loop: 1 });
    expect(verbOf('<Play digits="1" loop="3">a.mp3</Play>')).toEqual({
      verb: 'SendDigits',
      digits: '1',
      loop: 3,
    });
  });

  it.each(['', '12x', '1'.repeat(501)])('with digits="%s" is skipped, with warning 13430', digits => {
    expect(read(`<Play digits="${digits}"/>`)).toMatchObject({ verbs: [], notifications: [{ code: 13430 }] });
  });
});

describe('<Pause>', () => {
  it.each([
    ['', 1],
    ['length="0"', 0],
    ['length="10"', 10],
    ['length="14400"', 14_400],
  ])('with %s lasts %i seconds', (attribute, lengthSeconds) => {
    expect(verbOf(`<Pause ${attribute}/>`)).toEqual({ verb: 'Pause', lengthSeconds });
    expect(notesOf(`<Pause ${attribute}/>`)).toEqual([]);
  });

  it.each(['-1', '1.5', 'long', '14401', '9999999999'])(
    'with length="%s" lasts a second, with warning 13910',
    length => {
      expect(verbOf(`<Pause length="${length}"/>`)).toEqual({ verb: 'Pause', lengthSeconds: 1 });
      expect(notesOf(`<Pause length="${length}"/>`)).toEqual([13910]);
    },
  );
});

describe('<Redirect>', () => {
  it.each([
    ['', '/next', { url: 'https://example.com/next', method: 'POST' }],
    ['method="GET"', 'https://other.example/x', { url: 'https://other.example/x', method: 'GET' }],
    ['method="get"', '', { url: 'https://example.com/app/voice.xml', method: 'GET' }],
    ['', 'next#tt=5000', { url: 'https://example.com/app/next#tt=5000', method: 'POST' }],
  ])('with %s to "%s" asks %j', (attribute, text, target) => {
    expect(verbOf(`<Redirect ${attribute}>${text}</Redirect>`)).toEqual({ verb: 'Redirect', target });
  });

  it('with another method asks by POST, with warning 13710', () => {
    expect(verbOf('<Redirect method="PUT">/x</Redirect>')).toMatchObject({ target: { method: 'POST' } });
    expect(notesOf('<Redirect method="PUT">/x</Redirect>')).toEqual([13710]);
  });

  it.each(['ftp://example.com/', 'http://', `https://example.com/${'x'.repeat(2_048)}`])(
    'to %.30s is an error, 11100',
    url => {
      expect(refusalOf(() => read(`<Redirect>${url}</Redirect>`)).code).toBe(11100);
    },
  );

  it('repeats no password that is in its URL', () => {
    const { message } = refusalOf(() => read('<Redirect>ftp://ann:hunter2@example.com/</Redirect>'));
    expect(message).not.toContain('hunter2');
  });
});

describe('<Reject>', () => {
  it.each([
    ['', 'rejected'],
    ['reason="rejected"', 'rejected'],
    ['reason="busy"', 'busy'],
  ])('with %s says %s', (attribute, reason) => {
    expect(verbOf(`<Reject ${attribute}/>`)).toEqual({ verb: 'Reject', reason });
  });

  it('with another reason says rejected, with warning 13810', () => {
    expect(verbOf('<Reject reason="tired"/>')).toMatchObject({ reason: 'rejected' });
    expect(notesOf('<Reject reason="tired"/>')).toEqual([13810]);
  });
});

describe('<Hangup>', () => {
  it('ends the call', () => {
    expect(verbOf('<Hangup/>')).toEqual({ verb: 'Hangup' });
  });

  it('knows no attribute, with warning 12200', () => {
    expect(notesOf('<Hangup reason="busy"/>')).toEqual([12200]);
  });
});

describe('What comes after', () => {
  it.each(['<Redirect>/x</Redirect>', '<Hangup/>', '<Reject/>', '<Dial action="/after">+12025550100</Dial>'])(
    '%s is never reached, so it is not read',
    markup => {
      expect(read(`${markup}<Record/><Nonsense/>`)).toMatchObject({ verbs: [{}], notifications: [] });
    },
  );

  it.each(['<Pause/>', '<Say>a</Say>', '<Dial>+12025550100</Dial>', '<Play>/a.mp3</Play>'])(
    '%s is read',
    markup => {
      expect(read(`${markup}<Hangup/>`).verbs).toHaveLength(2);
    },
  );
});
