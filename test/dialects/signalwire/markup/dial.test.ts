import { describe, expect, it } from 'vitest';
import type { ClientTarget } from '../../../../core/verb.ts';
import { SCREENING_TIMEOUT_SECONDS } from '../../../../dialects/signalwire/markup/noun.ts';
import { notesOf, read, refusalOf, URL, verbOf } from './reading.ts';

const dialled = (attributes: string, content = '+12025550100') =>
  verbOf(`<Dial ${attributes}>${content}</Dial>`);
const noted = (attributes: string, content = '+12025550100') =>
  notesOf(`<Dial ${attributes}>${content}</Dial>`);
const refused = (attributes: string, content = '+12025550100') =>
  refusalOf(() => read(`<Dial ${attributes}>${content}</Dial>`));

describe('<Dial>', () => {
  it('rings one number for 30 seconds, for at most four hours, and then goes on', () => {
    expect(dialled('')).toEqual({
      verb: 'Dial',
      targets: [{ kind: 'number', number: '+12025550100' }],
      order: 'together',
      answerFirst: true,
      timeoutSeconds: 30,
      timeLimitSeconds: 14_400,
      hangupOnStar: false,
      ringback: { ringTone: 'us' },
      answer: 'document',
      afterwards: 'continue',
    });
    expect(noted('')).toEqual([]);
  });

  it.each([
    ['action="/after"', { action: { url: 'https://example.com/after', method: 'POST' } }],
    ['action="https://a.example/x" method="GET"', { action: { url: 'https://a.example/x', method: 'GET' } }],
    ['action=""', { action: { url: URL, method: 'POST' } }],
    ['action=" https://a.example/x "', { action: { url: 'https://a.example/x', method: 'POST' } }],
    ['timeout="5"', { timeoutSeconds: 5 }],
    ['timeout="120"', { timeoutSeconds: 120 }],
    ['timeLimit="60"', { timeLimitSeconds: 60 }],
    ['callerId="+12025550111"', { callerId: '+12025550111' }],
    ['hangupOnStar="true"', { hangupOnStar: true }],
    ['hangupOnStar="TRUE"', { hangupOnStar: true }],
  ])('with %s has %j', (attributes, values) => {
    expect(dialled(attributes)).toMatchObject(values);
    expect(noted(attributes)).toEqual([]);
  });

  it.each([
    ['method="PUT" action="/x"', 13210, { action: { method: 'POST' } }],
    ['timeout="4"', 13212, { timeoutSeconds: 30 }],
    ['timeout="601"', 13212, { timeoutSeconds: 30 }],
    ['timeout="long"', 13212, { timeoutSeconds: 30 }],
    ['timeout="600"', 13212, { timeoutSeconds: 600 }],
    ['hangupOnStar="maybe"', 13213, { hangupOnStar: false }],
    ['hangupOnStar="constructor"', 13213, { hangupOnStar: false }],
    ['timeLimit="0"', 13216, { timeLimitSeconds: 14_400 }],
    ['timeLimit="86400"', 13216, { timeLimitSeconds: 14_400 }],
    ['record="record-from-answer"', 13217, {}],
    ['record="true"', 13217, {}],
    ['sequential="perhaps"', 13218, {}],
    ['answerOnBridge="perhaps"', 13219, { answerFirst: true }],
    ['ringTone="perhaps"', 13220, {}],
    ['callerName="Ann"', 12200, { callerName: 'Ann' }],
    ['referMethod="PUT"', 13210, {}],
    ['colour="red"', 12200, {}],
  ])('with %s goes on, with warning %i', (attributes, code, values) => {
    expect(noted(attributes)).toEqual([code]);
    expect(dialled(attributes)).toMatchObject(values);
  });

  it('lets a caller who was not answered ring on, with answerOnBridge="true"', () => {
    expect(dialled('answerOnBridge="true"')).not.toHaveProperty('answerFirst');
    expect(noted('answerOnBridge="true"')).toEqual([]);
  });

  it.each([
    'answerOnBridge="false"',
    'record="do-not-record"',
    'record="false"',
    'recordingTrack="both"',
    'trim="do-not-trim"',
    'recordingStatusCallback="/r"',
    'recordingStatusCallbackMethod="GET"',
    'recordingStatusCallbackEvent="completed"',
    'recordingStorageUrl="https://a.example/"',
    'recordingStorageUrlMethod="PUT"',
    'referMethod="GET"',
    'referUrl=""',
    'events="call-progress-event"',
    'callReason="lunch"',
    'recordingConfigurationId="x"',
    'passports="x"',
    'callerId=""',
  ])('is not changed by %s', attributes => {
    expect(dialled(attributes)).toEqual(dialled(''));
    expect(noted(attributes)).toEqual([]);
  });

  it.each(['ann', '2025550100', 'client:ann', '+0123'])(
    'with callerId="%s" is an error, 13214: the caller’s own number would be shown instead',
    callerId => {
      expect(refused(`callerId="${callerId}"`).code).toBe(13214);
    },
  );

  it.each([
    ['http://', 11100],
    ['ftp://example.com/', 11100],
  ])('with action="%s" is an error, %i', (action, code) => {
    expect(refused(`action="${action}"`).code).toBe(code);
  });
});

describe('The numbers of <Dial>', () => {
  it.each([
    ['+12025550100', '+12025550100'],
    ['\n  +1 (202) 555-0100\n', '+12025550100'],
    ['202-555-0100', '+12025550100'],
    ['(202) 555-0100', '+12025550100'],
    ['1-202-555-0100', '+12025550100'],
    ['+442071838750', '+442071838750'],
    // Where they lead is for the account's routes to say.
    ['1000123', '1000123'],
    ['*43#', '*43#'],
  ])('may be written %j', (text, number) => {
    expect(dialled('', text)).toMatchObject({ targets: [{ kind: 'number', number }] });
    expect(dialled('', `<Number>${text}</Number>`)).toEqual(dialled('', text));
  });

  it.each(['', 'Ann', '12a', '+', '0'.repeat(33), '+12345678901234567', '<Number/>', '<Number>Ann</Number>'])(
    'are not %j: an error, 13223',
    content => {
      expect(refused('', content).code).toBe(13223);
    },
  );

  it('that are none are left out, with warning 13223, where there are others', () => {
    const content = '<Number>Ann</Number><Number>+12025550100</Number>';
    expect(dialled('', content)).toMatchObject({ targets: [{ number: '+12025550100' }] });
    expect(noted('', content)).toEqual([13223]);
  });

  it('are rung all at once, or one after the other where that is asked for', () => {
    const content = '<Number>+12025550100</Number><Number>+12025550101</Number>';
    const targets = [{ number: '+12025550100' }, { number: '+12025550101' }];
    expect(dialled('', content)).toMatchObject({ targets, order: 'together' });
    expect(dialled('sequential="true"', content)).toMatchObject({ targets, order: 'in-turn' });
    expect([noted('', content), noted('sequential="true"', content)]).toEqual([[], []]);
  });

  it('are ten at most, with warning 13215', () => {
    const content = '<Number>+12025550100</Number>'.repeat(11);
    expect(dialled('sequential="true"', content)).toMatchObject({ targets: { length: 10 } });
    expect(noted('sequential="true"', content)).toEqual([13215]);
  });

  it.each(['+12025550101 <Number>+12025550100</Number>', '<Foo/><Number>+12025550100</Number>'])(
    'stand alone, with warning 13215: %s',
    content => {
      expect(dialled('', content)).toMatchObject({ targets: [{ number: '+12025550100' }] });
      expect(noted('', content)).toEqual([13215]);
    },
  );

  it.each(['Conference', 'Queue', 'Application', 'WhatsApp', 'Sim'])(
    'cannot be a <%s> yet: an error, 13750',
    noun => {
      const { code, message } = refused('', `<Number>+12025550100</Number><${noun}>x</${noun}>`);
      expect(code).toBe(13750);
      expect(message).toContain('not there yet');
    },
  );
});

describe('<Number>', () => {
  const target = (attributes: string) =>
    (dialled('', `<Number ${attributes}>+12025550100</Number>`) as { targets: object[] }).targets[0];
  const notedOf = (attributes: string) => noted('', `<Number ${attributes}>+12025550100</Number>`);

  it.each([
    ['statusCallback="/s"', { url: 'https://example.com/s', method: 'POST', events: ['completed'] }],
    [
      'statusCallback="https://a.example/s" statusCallbackMethod="GET" statusCallbackEvent="ringing"',
      { url: 'https://a.example/s', method: 'GET', events: ['ringing'] },
    ],
    [
      'statusCallback="/s" statusCallbackEvent="initiated ringing  answered completed"',
      {
        url: 'https://example.com/s',
        method: 'POST',
        events: ['initiated', 'ringing', 'answered', 'in-progress', 'completed'],
      },
    ],
  ])('with %s tells %j', (attributes, callback) => {
    expect(target(attributes)).toEqual({ kind: 'number', number: '+12025550100', callback });
    expect(notedOf(attributes)).toEqual([]);
  });

  it('presses digits once it is answered', () => {
    expect(target('sendDigits="wwww1928#"')).toMatchObject({ sendDigits: 'wwww1928#' });
  });

  it.each([
    ['statusCallback="/s" statusCallbackMethod="PUT"', 13221],
    ['statusCallback="/s" statusCallbackEvent="finished"', 12200],
    ['sendDigits="12x"', 13222],
    ['machineDetection="Enable"', 21234],
    ['byoc="BY1"', 12200],
    ['action="/mine"', 12200],
  ])('with %s goes on, with warning %i', (attributes, code) => {
    expect(notedOf(attributes)).toEqual([code]);
  });

  it.each([
    'statusCallback=""',
    'statusCallbackEvent="ringing"',
    'method="GET"',
    'url=""',
    'machineDetection="none"',
    'machineDetectionTimeout="3"',
    'machineDetectionSpeechThreshold="1000"',
    'machineDetectionSpeechEndThreshold="500"',
    'machineDetectionSilenceTimeout="2000"',
    'amdStatusCallback="/a"',
    'amdStatusCallbackMethod="GET"',
  ])('is not changed by %s', attributes => {
    expect(target(attributes)).toEqual({ kind: 'number', number: '+12025550100' });
    expect(notedOf(attributes)).toEqual([]);
  });

  it('with a url has its callee hear that document first', () => {
    expect(target('url="/screen" method="GET"')).toEqual({
      kind: 'number',
      number: '+12025550100',
      screening: {
        document: { url: 'https://example.com/screen', method: 'GET' },
        timeoutSeconds: SCREENING_TIMEOUT_SECONDS,
      },
    });
    expect(notedOf('url="/screen" method="PUT"')).toEqual([13221]);
    expect(refused('', '<Number url="ftp://a.example/">+12025550100</Number>').code).toBe(11100);
  });

  it('with a statusCallback that is no URL is an error, 11100', () => {
    expect(refused('', '<Number statusCallback="http://">+12025550100</Number>').code).toBe(11100);
  });
});

describe('<Client>, which SignalWire calls <Verto>', () => {
  const target = (noun: string) => (dialled('', noun) as { targets: ClientTarget[] }).targets[0];
  const ann = {
    kind: 'client',
    name: 'ann',
    headers: [['X-Twilio-ApiVersion', '2010-04-01']],
    identifiedBy: { callSid: 'X-Twilio-CallSid', accountSid: 'X-Twilio-AccountSid' },
  };

  it.each([
    '<Client>ann</Client>',
    '<Client>\n  ann\n</Client>',
    '<Client>client:ann</Client>',
    '<Client><Identity>ann</Identity></Client>',
    '<Verto>ann</Verto>',
    '<Verto>ann@my-space.verto.signalwire.com</Verto>',
  ])('is named as in %j', noun => {
    expect(target(noun)).toEqual(ann);
    expect(noted('', noun)).toEqual([]);
  });

  it('has the attributes of every noun', () => {
    const attributes =
      'url="/screen" statusCallback="/s" statusCallbackMethod="GET" statusCallbackEvent="ringing"';
    expect(target(`<Client ${attributes}>ann</Client>`)).toEqual({
      ...ann,
      callback: { url: 'https://example.com/s', method: 'GET', events: ['ringing'] },
      screening: {
        document: { url: 'https://example.com/screen', method: 'POST' },
        timeoutSeconds: SCREENING_TIMEOUT_SECONDS,
      },
    });
  });

  it('is told parameters as headers', () => {
    const noun =
      '<Client><Identity>ann</Identity><Parameter name="Case" value="4 2"/><Parameter name="X-B" value="b"/></Client>';
    expect(target(noun)?.headers.slice(1)).toEqual([
      ['X-Case', '4 2'],
      ['X-B', 'b'],
    ]);
    expect(noted('', '<Client>ann<Parameter name="a b" value="1"/></Client>')).toEqual([13252]);
  });

  it('can be dialled together with others and with numbers', () => {
    const content = '<Client>ann</Client><Verto>bob</Verto><Number>+12025550100</Number>';
    expect(dialled('', content)).toMatchObject({
      targets: [{ name: 'ann' }, { name: 'bob' }, { number: '+12025550100' }],
      order: 'together',
    });
    expect(dialled('callerName="Ann"', content)).toMatchObject({ callerName: 'Ann' });
    expect(noted('callerName="Ann"', content)).toEqual([]);
  });

  it('that is named by nothing is left out, with warning 12200', () => {
    expect(noted('', '<Client>a b</Client><Number>+12025550100</Number>')).toEqual([12200]);
    expect(refused('', '<Client/>').code).toBe(13223);
  });

  it('may be shown a name; beside a number only a number of the account’s', () => {
    expect(dialled('callerId="bob"', '<Client>ann</Client>')).toMatchObject({ callerId: 'bob' });
    expect(dialled('callerId="client:bob"', '<Client>ann</Client>')).toMatchObject({ callerId: 'bob' });
    expect(refused('callerId="a b"', '<Client>ann</Client>').code).toBe(13247);
    expect(refused('callerId="bob"', '<Client>ann</Client><Number>+12025550100</Number>').code).toBe(13214);
  });
});
