import { expect, test } from 'vitest';
import type { Session } from '../../sip/user-agent.ts';
import { ended, sdp, wait, withAgent } from './support/agents.ts';
import { withBaresip } from './support/baresip.ts';
import { useCertificate } from './support/certificate.ts';

const certificate = useCertificate();
const transports = ['UDP', 'TCP', 'TLS'] as const;

test.each(transports)('we call baresip over %s, change the session and hang up', async transport => {
  const line = { transport, certificate: certificate() };
  await withAgent(line, ({ agent }) =>
    withBaresip(line, async ({ port, program }) => {
      const target = `sip:bare@127.0.0.1:${port};transport=${transport.toLowerCase()}`;
      const session = await agent.invite(target, { sdp: sdp() }).answered;
      await program.says(/Call established/);
      const changed = await session.reinvite({ sdp: sdp(2).replace('\r\na=', '\r\na=sendonly\r\na=') });
      const end = ended(session);
      session.bye();

      expect(session.remoteSdp).toContain('PCMU/8000');
      expect(changed.status).toBe(200);
      expect(await end).toMatchObject({ by: 'local', cause: 'BYE' });
      await program.says(/session closed|terminated/i);
    }),
  );
});

test.each(transports)('baresip calls us over %s, and hangs up when it quits', async transport => {
  const line = { transport, certificate: certificate() };
  await withAgent(line, async ({ agent, port }) => {
    const called = new Promise<Session>(resolve => {
      agent.onInvite = invitation => {
        invitation.progress(180);
        setTimeout(() => resolve(invitation.accept({ sdp: sdp() })), 300);
      };
    });
    const commands = [`/dial sip:us@127.0.0.1:${port};transport=${transport.toLowerCase()}`];
    await withBaresip({ ...line, commands, seconds: 3 }, async ({ program }) => {
      const session = await called;
      await program.says(/Call established/);

      expect(await ended(session)).toMatchObject({ by: 'remote', cause: 'BYE' });
      await wait(100);
      expect(agent.sessions).toEqual([]);
    });
  });
});
