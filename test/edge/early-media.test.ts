import { describe, expect, it } from 'vitest';
import { ClientStage, client } from './support/client-stage.ts';
import { answerAt, EdgeStage, type Phone, phoneAddress } from './support/edge-stage.ts';

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
