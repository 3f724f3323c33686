/** What the caller hears while a Dial rings: audio that its document names. */
import { describe, expect, it } from 'vitest';
import { HOLD_MS } from '../../../core/limits.ts';
import type { LaidOutVerb, Play } from '../../../core/verb.ts';
import {
  CALLEE,
  dial,
  EngineCall,
  HANGUP,
  lines,
  say,
  subscribed,
  target,
} from '../../support/engine-call.ts';

const MUSIC = target('https://example.com/music');
const TONE = { Type: 'S3', BucketName: 'audio', Key: 'music.wav' };
const play = (more: Partial<Play> = {}): LaidOutVerb => ({
  verb: 'Play',
  url: 'https://example.com/music.mp3',
  loop: 1,
  audio: { bucket: 'audio', key: 'music.wav' },
  ...more,
});
const begun = (more = {}) => EngineCall.answered([dial({ ringback: MUSIC, ...more }), say('Goodbye.')]);
const tones = ({ actions }: EngineCall) =>
  actions.map(({ Parameters }) => ('RingbackTone' in Parameters ? Parameters.RingbackTone : undefined));

describe('A Dial with a ringback document', () => {
  it('asks for it when it starts, and rings nobody before it has come', () => {
    const call = EngineCall.answered([say('One moment.'), dial({ ringback: MUSIC })]);
    const before = lines(call.actions);
    const step = call.listEnds();

    expect(before).toEqual(['Speak One moment.']);
    expect(step.request).toMatchObject({ target: MUSIC, purpose: 'ringback' });
    expect(step.request).not.toHaveProperty('fallback');
    expect(lines(step.actions)).toEqual([`Pause ${HOLD_MS}`]);
    expect(call.session.calls).toHaveLength(1);
  });

  it('has the voice service play what comes of it to each that it rings', () => {
    const call = begun({ numbers: [CALLEE, '+12025550101'] });

    call.documentArrives([play()]);
    const first = tones(call);
    call.calleeDoesNotAnswer();

    expect([first, tones(call)]).toEqual([[TONE], [TONE]]);
    expect(call.steps.filter(({ request }) => request)).toHaveLength(1);
    expect(call.session.notifications).toEqual([]);
  });

  it('goes on with its document behind it', () => {
    const call = begun();
    call.documentArrives([play()]);
    call.calleeAnswers();
    call.hangsUp('LEG-B');

    expect(lines(call.actions)).toEqual(['Speak Goodbye.', 'Hangup LEG-A 0']);
  });

  it('plays the first sound of several things to be heard, and says so', () => {
    const call = begun();
    call.documentArrives([say('Hold the line.'), play(), play({ audio: { bucket: 'audio', key: 'b' } })]);

    expect(tones(call)).toEqual([TONE]);
    expect(call.session.notifications).toMatchObject([{ level: 'warning' }]);
  });

  it.each<[string, LaidOutVerb[]]>([
    ['has nothing to play', [HANGUP]],
    ['is empty', []],
    ['has audio that cannot be had', [play({ audio: { error: 'It is gone.' } })]],
  ])('rings without it where that %s, and says so', (_, brought) => {
    const call = begun();
    call.documentArrives(brought);

    expect(lines(call.actions)).toEqual([`CallAndBridge ${CALLEE}`]);
    expect(tones(call)).toEqual([undefined]);
    expect(call.session.notifications).toMatchObject([{ level: 'warning' }]);
  });

  it('is told of without what its URL keeps secret', () => {
    const call = begun();
    call.documentArrives([
      play({ url: 'https://user:s3cret@example.com/a.mp3?x', audio: { error: 'Gone.' } }),
    ]);

    expect(call.session.notifications).toMatchObject([{ url: 'https://example.com/a.mp3?…' }]);
  });

  it('rings without it where it cannot be had', () => {
    const call = begun();
    call.documentArrives({ error: { code: 11200, message: 'Nobody answers.', reason: 'unreachable' } });

    expect(tones(call)).toEqual([undefined]);
    expect(call.session.notifications).toMatchObject([{ code: 11200, level: 'error' }]);
    expect(call.told).toContain('A Document Failed');
  });

  it('rings nobody once the call is sent elsewhere', () => {
    const call = begun({ targets: [{ kind: 'number', number: CALLEE, callback: subscribed('completed') }] });
    const asked = call.waitingFor?.id;
    call.isRedirected({ verbs: [say('Elsewhere.')] });
    call.documentArrives([play()], asked);

    expect(lines(call.actions)).toEqual(['Speak Elsewhere.', 'Hangup LEG-A 0']);
    expect(call.session.calls).toHaveLength(1);
  });

  it('rings nobody once the call was hung up', () => {
    const call = begun();
    call.isHungUp('completed');
    call.documentArrives([play()]);

    expect(lines(call.actions)).toEqual(['Hangup LEG-A 0']);
  });
});
