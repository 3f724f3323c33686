import { describe, expect, it } from 'vitest';
import { directMedia, type MediaPlane } from '../../edge/media-plane.ts';
import { ACCOUNT, ClientStage, client } from './support/client-stage.ts';
import {
  answerAt,
  CONNECTOR,
  CONNECTOR_SDP,
  EdgeStage,
  type Phone,
  phoneAddress,
} from './support/edge-stage.ts';

const sdpAt = (n: number) => answerAt(phoneAddress(n));

/**
 * What a caller hears, response by response, that goes by the book: in one dialog the first description is the answer, and any other
 * is ignored (RFC 3261 §13.2.1).
 */
function heard({ responsesInside }: EdgeStage): (number | undefined)[] {
  const answers = new Map<string, number>();
  const withTag = responsesInside.filter(({ status }) => status > 100);
  return withTag.map(({ to, body }) => {
    const tag = to?.tag ?? '';
    const [, n] = /^c=IN IP4 10\.2\.0\.(\d+)/m.exec(Buffer.from(body).toString()) ?? [];
    if (n !== undefined && !answers.has(tag)) answers.set(tag, Number(n));
    return answers.get(tag);
  });
}

/** A phone with early media from one moment on, which answers, or refuses, at another. */
const earlyPhone =
  (stage: EdgeStage, n: number, times: { earlyMs?: number; acceptMs?: number; rejectMs?: number }): Phone =>
  invitation => {
    const { earlyMs, acceptMs, rejectMs } = times;
    const at = (ms: number | undefined, run: () => void) => {
      if (ms !== undefined) stage.clock.setTimeout(() => invitation.state === 'open' && run(), ms);
    };
    at(earlyMs, () => invitation.progress(183, { sdp: sdpAt(n), reliable: false }));
    at(acceptMs, () => invitation.accept({ sdp: sdpAt(n) }));
    at(rejectMs, () => invitation.reject(486));
  };

describe('a caller that goes by the book hears whoever answers', () => {
  it('after the early media of another target', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, earlyPhone(stage, 1, { earlyMs: 200 }));
    await stage.phone(2, earlyPhone(stage, 2, { acceptMs: 1_000 }));
    await stage.plan([{}, {}]);
    const call = stage.call();
    await stage.clock.advance(3_000);
    expect(heard(stage)).toEqual([1, 2]);
    // Its dialog is that of the 200.
    call.session?.bye();
    await stage.clock.advance(1_000);
    expect(stage.told.at(-1)).toBe('2 completed completed');
    expect(stage.edge.calls).toBe(0);
  });

  it('after the early media of another contact of the client', async () => {
    const staged = await ClientStage.open();
    const { stage } = staged;
    await staged.register(await staged.phone(phoneAddress(1), earlyPhone(stage, 1, { earlyMs: 200 })));
    await staged.register(await staged.phone(phoneAddress(2), earlyPhone(stage, 2, { acceptMs: 1_000 })));
    await staged.dialTo(client('alice'));
    stage.call();
    await stage.clock.advance(3_000);
    expect(heard(stage)).toEqual([1, 2]);
  });

  it('after the early media of one that has sent the call on', async () => {
    const stage = await EdgeStage.open({ followRedirects: true });
    await stage.phone(1, invitation => {
      invitation.progress(183, { sdp: sdpAt(1), reliable: false });
      invitation.reject(302, { headers: { Contact: `<sip:bob@${phoneAddress(2)}>` } });
    });
    await stage.phone(2, earlyPhone(stage, 2, { acceptMs: 1_000 }));
    await stage.plan([{}]);
    stage.call();
    await stage.clock.advance(3_000);
    expect(heard(stage)).toEqual([1, 2]);
  });

  it('after the early media of another phone behind the target’s own proxy', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, invitation => {
      for (const n of [1, 2]) invitation.progress(183, { sdp: sdpAt(n), reliable: false });
      stage.clock.setTimeout(() => invitation.accept({ sdp: sdpAt(1) }), 500);
    });
    await stage.plan([{}]);
    stage.call();
    await stage.clock.advance(3_000);
    const tags = stage.requestsTo(1, 'ACK').concat(stage.requestsTo(1, 'INVITE'));
    expect(tags.map(({ to }) => to?.tag === undefined)).toEqual([false, true]);
    expect(heard(stage)).toEqual([1, 2, 1]);
  });

  it('after its own early media, in the dialog of that', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, earlyPhone(stage, 1, { earlyMs: 200, acceptMs: 1_000 }));
    await stage.plan([{}]);
    stage.call();
    await stage.clock.advance(3_000);
    expect(heard(stage)).toEqual([1, 1]);
    expect(new Set(stage.responsesInside.flatMap(({ to }) => to?.tag ?? [])).size).toBe(1);
  });
});

describe('an answer that says the same as the early media, in another version', () => {
  it('is told under the same To tag, and in the same words', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, invitation => {
      invitation.progress(183, { sdp: sdpAt(1), reliable: false });
      invitation.accept({ sdp: sdpAt(1).replace('o=- 2 1', 'o=- 2 2') });
    });
    await stage.plan([{}]);
    stage.call();
    await stage.clock.advance(1_000);
    const told = stage.responsesInside.filter(({ body }) => body.length > 0);
    expect(told.map(({ status }) => status)).toEqual([183, 200]);
    expect(new Set(told.map(({ to, body }) => `${to?.tag} ${Buffer.from(body)}`)).size).toBe(1);
  });
});

describe('early media of several', () => {
  const early = (stage: EdgeStage) => stage.responsesInside.filter(({ status }) => status === 183).length;

  it('is that of the first, and when that comes to nothing, of the next that still rings', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, earlyPhone(stage, 1, { earlyMs: 300, rejectMs: 2_000 }));
    await stage.phone(2, earlyPhone(stage, 2, { earlyMs: 400, rejectMs: 1_000 }));
    await stage.phone(3, earlyPhone(stage, 3, { earlyMs: 500, acceptMs: 3_000 }));
    await stage.plan([{}, {}, {}]);
    stage.call();
    await stage.clock.advance(1_500);
    expect(heard(stage)).toEqual([1]);
    await stage.clock.advance(1_000);
    expect(heard(stage)).toEqual([1, 3]);
    await stage.clock.advance(1_000);
    expect(heard(stage)).toEqual([1, 3, 3]);
  });

  it('is that of another contact of a client, when the first refuses', async () => {
    const staged = await ClientStage.open();
    const { stage } = staged;
    await staged.register(
      await staged.phone(phoneAddress(1), earlyPhone(stage, 1, { earlyMs: 300, rejectMs: 1_000 })),
    );
    await staged.register(await staged.phone(phoneAddress(2), earlyPhone(stage, 2, { earlyMs: 400 })));
    await staged.dialTo(client('alice'));
    stage.call();
    await stage.clock.advance(2_000);
    expect(heard(stage)).toEqual([1, 2]);
  });

  it('is that of another target, when all contacts of a client have refused', async () => {
    const staged = await ClientStage.open();
    const { stage } = staged;
    for (const n of [1, 2])
      await staged.register(
        await staged.phone(phoneAddress(n), earlyPhone(stage, n, { earlyMs: 300 + n, rejectMs: n * 1_000 })),
      );
    await stage.phone(4, earlyPhone(stage, 4, { earlyMs: 500 }));
    await staged.dialTo(client('alice'), { uri: `sip:bob@${phoneAddress(4)}` });
    stage.call();
    await stage.clock.advance(3_000);
    expect(heard(stage)).toEqual([1, 2, 4]);
  });

  it('is none of a target that is screened: the caller goes on hearing it ring', async () => {
    // Like one that media passes, this plane has a place for a target before anybody is there to speak with it.
    const media: MediaPlane = {
      ...directMedia,
      open: request => directMedia.open({ ...request, inside: request.inside ?? CONNECTOR_SDP }),
    };
    const voiceConnector = { uri: `sip:+17035550122@${CONNECTOR}`, from: '+15550199' };
    const stage = await EdgeStage.open({ media, voiceConnector });
    await stage.phone(1, earlyPhone(stage, 1, { earlyMs: 300 }));
    const document = { url: 'https://example.com/', method: 'POST' } as const;
    await stage.plan([{ screening: { document, timeoutSeconds: 60 } }]);
    stage.call();
    await stage.clock.advance(1_000);
    expect([early(stage), heard(stage)]).toEqual([1, [undefined]]);
  });

  it.each([
    ['the caller has hung up', (call: ReturnType<EdgeStage['call']>) => call.outgoing.cancel()],
    ['it has rung for long enough', () => {}],
  ])('is told no more when %s', async (_, happens) => {
    const staged = await ClientStage.open();
    const { stage } = staged;
    for (const n of [1, 2])
      await staged.register(await staged.phone(phoneAddress(n), earlyPhone(stage, n, { earlyMs: 300 + n })));
    await stage.phone(4, earlyPhone(stage, 4, { earlyMs: 500 }));
    await stage.plan([client('alice'), { uri: `sip:bob@${phoneAddress(4)}` }], {
      accountSid: ACCOUNT,
      ringTimeoutSeconds: 5,
    });
    const call = stage.call();
    await stage.clock.advance(2_000);
    happens(call);
    await stage.clock.advance(5_000);
    expect([call.failed !== undefined, early(stage)]).toEqual([true, 1]);
  });
});
