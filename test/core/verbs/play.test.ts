import { describe, expect, it } from 'vitest';
import type { Play } from '../../../core/verb.ts';
import { EngineCall, lines, say } from '../../support/engine-call.ts';

const AUDIO = { bucket: 'audio', key: 'play/AC/hello.wav' };
const play = (more: Partial<Play> = {}): Play => ({
  verb: 'Play',
  url: 'https://example.com/hello.mp3',
  audio: AUDIO,
  loop: 1,
  ...more,
});

describe('Play', () => {
  it('plays from the audio bucket, as often as its loop says, in one action', () => {
    const call = EngineCall.answered([play({ loop: 4 })]);

    expect(call.actions[0]).toEqual({
      Type: 'PlayAudio',
      Parameters: {
        ParticipantTag: 'LEG-A',
        AudioSource: { Type: 'S3', BucketName: 'audio', Key: AUDIO.key },
        Repeat: 4,
      },
    });
  });

  it('comes again and again when its loop is 0', () => {
    const call = EngineCall.answered([play({ loop: 0 }), say('Never heard.')]);
    const first = lines(call.actions);

    call.listEnds();

    expect([first, lines(call.actions)]).toEqual([
      Array(10).fill(`PlayAudio ${AUDIO.key}`),
      Array(10).fill(`PlayAudio ${AUDIO.key}`),
    ]);
  });

  it('is skipped, and said so, when its audio could not be had', () => {
    const call = EngineCall.answered([play({ audio: { error: 'the server answered 404' } }), say('Hello.')]);

    expect(lines(call.actions)).toEqual(['Speak Hello.', 'Hangup LEG-A 0']);
    expect(call.session.notifications).toMatchObject([
      {
        code: 13420,
        level: 'warning',
        message: 'Play skipped https://example.com/hello.mp3: the server answered 404',
        url: 'https://example.com/hello.mp3',
      },
    ]);
  });

  it.each([false, true])('is told of without what its URL keeps secret, needed or not: %s', needed => {
    const url = 'https://user:s3cret@audio.example/x.wav?token=hidden';
    const call = EngineCall.answered([play({ url, audio: { error: 'gone' }, ...(needed && { needed }) })]);

    expect(call.session.notifications).toMatchObject([
      {
        message: expect.stringContaining('https://audio.example/x.wav?…: gone'),
        url: 'https://audio.example/x.wav?…',
      },
    ]);
  });

  it('does not answer a call that came in when it is skipped', () => {
    const call = EngineCall.inbound([play({ audio: { error: 'no audio' } })]);

    expect(call.root.status).toBe('ringing');
  });

  it('answers a call that came in', () => {
    const call = EngineCall.inbound([play()]);

    expect(call.root.status).toBe('in-progress');
  });

  it('has its audio fetched first when verbs were at hand', () => {
    const { audio: _, ...unfetched } = play();
    const call = EngineCall.answered([unfetched]);
    const request = call.waitingFor;

    call.documentArrives([play()]);

    expect(request).toMatchObject({ id: '0', verbs: [unfetched] });
    expect(lines(call.actions)).toEqual([`PlayAudio ${AUDIO.key}`, 'Hangup LEG-A 0']);
  });

  it('ends the call, and says so, when audio that it needs could not be had', () => {
    const call = EngineCall.answered([
      play({ audio: { error: 'the server answered 404' }, needed: true }),
      say('Never heard.'),
    ]);

    expect(lines(call.actions)).toEqual(['Hangup LEG-A 0']);
    expect(call.session.notifications).toMatchObject([
      { message: expect.stringContaining('the server answered 404') },
    ]);
  });
});
