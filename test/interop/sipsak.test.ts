import { expect, test } from 'vitest';
import { withAgent } from './support/agents.ts';
import { inFolder, Program } from './support/program.ts';

test.each(['UDP', 'TCP'] as const)(
  'sipsak asks by OPTIONS over %s what we can do, and is told',
  async transport => {
    await withAgent({ transport, name: 'Dialplane' }, ({ port }) =>
      inFolder(async folder => {
        const how = transport === 'TCP' ? ['-E', 'tcp'] : [];
        const sipsak = new Program('sipsak', ['-vvv', ...how, '-s', `sip:anybody@127.0.0.1:${port}`], folder);

        expect([await sipsak.ended, sipsak.output]).toEqual([0, expect.stringContaining('SIP/2.0 200 OK')]);
        expect(sipsak.output).toMatch(/^Allow: INVITE, ACK,/m);
        expect(sipsak.output).toMatch(/^Server: Dialplane/m);
      }),
    );
  },
);
