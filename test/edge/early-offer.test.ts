import { describe, expect, it } from 'vitest';
import { directMedia, type MediaPlane } from '../../edge/media-plane.ts';
import type { IncomingInvitation, SessionError } from '../../sip/user-agent.ts';
import { answerAt, CONNECTOR, CONNECTOR_SDP, EdgeStage, phoneAddress } from './support/edge-stage.ts';

/** What a carrier says that moves a call to another media server: the same session, the next version. */
const movedTo = (address: string, ...more: string[]) =>
  answerAt(phoneAddress(1), '0 101')
    .replace('o=- 2 1', 'o=- 2 2')
    .replace(/^c=.*$/m, `c=IN IP4 ${address}`)
    .concat(...more.map(line => `${line}\r\n`));

const SERVER = '10.2.0.77';

/** A target that has early media, told reliably, and has not answered yet. */
async function early(
  options: Parameters<typeof EdgeStage.open>[0] = {},
  plan: Parameters<EdgeStage['plan']>[1] = {},
) {
  const stage = await EdgeStage.open(options);
  let target: IncomingInvitation | undefined;
  await stage.phone(1, invitation => {
    target = invitation;
    invitation.progress(183, { sdp: answerAt(phoneAddress(1)), reliable: true });
  });
  const { token } = await stage.plan([{}], plan);
  const call = plan.kind === 'originate' ? undefined : stage.call();
  if (call === undefined) await stage.edge.originate(token);
  await stage.clock.advance(1_000);
  const invitation = target as IncomingInvitation;
  /** Asks for a change before the answer: its final status. */
  const update = async (sdp: string): Promise<number | undefined> => {
    let status: number | undefined;
    invitation.session.update({ sdp }).then(
      response => {
        status = response.status;
      },
      (error: SessionError) => {
        status = error.status;
      },
    );
    await stage.clock.advance(500);
    return status;
  };
  return { stage, call, invitation, update };
}

/** The places that the caller was told, with the number of the dialog, by the order in which those began. */
function told({ responsesInside }: EdgeStage): string[] {
  const tags = [...new Set(responsesInside.flatMap(({ to }) => to?.tag ?? []))];
  return responsesInside
    .filter(({ body }) => body.length > 0)
    .map(({ to, status, body }) => {
      const [, place] = /^c=IN IP4 (\S+)/m.exec(Buffer.from(body).toString()) ?? [];
      return `${status} ${tags.indexOf(to?.tag ?? '')} ${place}`;
    });
}

describe('a target that moves its media before it answers (UPDATE, RFC 3311 §5.1)', () => {
  it('is answered with what the caller has said, and the caller is told of the new place at once', async () => {
    const { stage, call, invitation, update } = await early();
    expect(await update(movedTo(SERVER))).toBe(200);
    expect(invitation.session.remoteSdp).toContain(`c=IN IP4 ${CONNECTOR}`);
    expect(invitation.session.remoteSdp).toContain('m=audio 5000 RTP/AVP 0 101');
    expect(told(stage)).toEqual(['183 0 10.2.0.1', `183 1 ${SERVER}`]);
    invitation.accept();
    await stage.clock.advance(1_000);
    expect(told(stage).at(-1)).toBe(`200 1 ${SERVER}`);
    expect(call?.session?.remoteSdp).toContain(`c=IN IP4 ${SERVER}`);
    call?.session?.bye();
    await stage.clock.advance(1_000);
    expect(stage.told.at(-1)).toBe('1 completed completed');
  });

  it.each([
    ['a=sendonly', 'a=recvonly'],
    ['a=recvonly', 'a=sendonly'],
    ['a=inactive', 'a=inactive'],
  ])('is answered %s with %s (RFC 3264 §6.1)', async (offered, answered) => {
    const { stage, invitation, update } = await early();
    expect(await update(movedTo(SERVER, offered))).toBe(200);
    expect(stage.originFaults).toEqual([]);
    expect(invitation.session.remoteSdp?.match(/^a=(send|recv|inactive).*$/gm)).toEqual([answered]);
  });

  it.each([
    ['with a codec that the voice service does not speak', () => movedTo(SERVER).replace('AVP 0', 'AVP 8')],
    [
      'with more media than it was offered',
      () => movedTo(SERVER, 'm=video 4002 RTP/AVP 96', 'a=rtpmap:96 H264/90000'),
    ],
  ])('%s gets 488, and the call goes on as it was', async (_, sdp) => {
    const { stage, call, invitation, update } = await early();
    expect(await update(sdp())).toBe(488);
    invitation.accept();
    await stage.clock.advance(1_000);
    expect(told(stage)).toEqual(['183 0 10.2.0.1', '200 0 10.2.0.1']);
    expect(call?.session).toBeDefined();
  });

  it('before its answer is certain gets 491: nothing says that its 183 has arrived', async () => {
    const stage = await EdgeStage.open();
    let status: number | undefined;
    await stage.phone(1, invitation => {
      invitation.progress(183, { sdp: answerAt(phoneAddress(1)), reliable: false });
      const body = movedTo(SERVER);
      invitation.session.request('UPDATE', { contentType: 'application/sdp', body }).then(response => {
        status = response.status;
      });
    });
    await stage.plan([{}]);
    stage.call();
    await stage.clock.advance(1_000);
    expect(status).toBe(491);
  });

  it('and behind whose proxy another phone answers: that has answered what the caller has offered', async () => {
    const passes: string[] = [];
    const media: MediaPlane = {
      ...directMedia,
      async open(request) {
        const path = await directMedia.open(request);
        const pass = path.pass.bind(path);
        path.pass = (from, kind, sdp) => {
          passes.push(`${from} ${kind} ${/^c=IN IP4 (\S+)/m.exec(sdp)?.[1]}`);
          return pass(from, kind, sdp);
        };
        return path;
      },
    };
    const { stage, call, invitation, update } = await early({ media });
    await update(movedTo(SERVER));
    invitation.accept({ sdp: answerAt(phoneAddress(2)) });
    await stage.clock.advance(1_000);
    expect(passes).toEqual([
      'outside answer 10.2.0.1',
      `outside offer ${SERVER}`,
      `inside answer ${CONNECTOR}`,
      `inside offer ${CONNECTOR}`,
      'outside answer 10.2.0.2',
    ]);
    expect(told(stage).at(-1)).toBe('200 2 10.2.0.2');
    expect(call?.session?.remoteSdp).toContain('c=IN IP4 10.2.0.2');
  });

  it('and answers at the same moment is joined with its new place', async () => {
    const slow: MediaPlane = {
      ...directMedia,
      async open(request) {
        const path = await directMedia.open(request);
        const pass = path.pass.bind(path);
        path.pass = (...said) =>
          new Promise(resolve => {
            stage.clock.setTimeout(() => resolve(pass(...said)), 100);
          });
        return path;
      },
    };
    const it = await early({ media: slow });
    const { stage, call, invitation } = it;
    const changed = invitation.session.update({ sdp: movedTo(SERVER) });
    await stage.clock.advance(50);
    invitation.accept();
    await stage.clock.advance(2_000);
    expect((await changed).status).toBe(200);
    expect(call?.session?.remoteSdp).toContain(`c=IN IP4 ${SERVER}`);
  });

  it('is refused once it is given up', async () => {
    const { stage, call, invitation } = await early();
    stage.network.weather = () => [50];
    call?.outgoing.cancel();
    await stage.clock.advance(60);
    const changed = invitation.session.update({ sdp: movedTo(SERVER) }).catch((error: SessionError) => error);
    await stage.clock.advance(1_000);
    expect(await changed).toMatchObject({ status: 488 });
  });

  it('is refused where media passes the edge, and the voice service is not there yet', async () => {
    // Like one that media passes, this plane has a place for a target before anybody is there to speak with it.
    const media: MediaPlane = {
      ...directMedia,
      open: request => directMedia.open({ ...request, inside: request.inside ?? CONNECTOR_SDP }),
    };
    const voiceConnector = { uri: `sip:+17035550122@${CONNECTOR}`, from: '+15550199' };
    const { update } = await early({ voiceConnector, media }, { kind: 'originate' });
    expect(await update(movedTo(SERVER))).toBe(488);
  });

  it('is answered with nowhere, as it was offered, where the voice service is not there yet, which hears of the new place', async () => {
    const voiceConnector = { uri: `sip:+17035550122@${CONNECTOR}`, from: '+15550199' };
    const { stage, invitation, update } = await early({ voiceConnector }, { kind: 'originate' });
    const entered: IncomingInvitation[] = [];
    stage.connector.onInvite = each => entered.push(each);
    expect(await update(movedTo(SERVER))).toBe(200);
    expect(invitation.session.remoteSdp).toContain('c=IN IP4 0.0.0.0');
    invitation.accept();
    await stage.clock.advance(1_000);
    expect(entered[0]?.sdp).toContain(`c=IN IP4 ${SERVER}`);
  });
});
