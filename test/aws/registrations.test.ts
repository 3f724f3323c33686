import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistrations, type Registrations } from '../../aws/registrations.ts';
import { createSipClients } from '../../aws/sip-clients.ts';
import { Conflict, createTable, key, type Table } from '../../aws/table.ts';
import type { RegisteredContact } from '../../core/registration.ts';
import { type LocalAws, startLocalAws } from '../lambdas/local-aws.ts';

const ACCOUNT = `AC${'1'.repeat(32)}`;

const contact = (uri: string, expiresAtMs = 1_000_500): RegisteredContact => ({
  contact: uri,
  path: [],
  q: 1,
  expiresAtMs,
  callId: 'c',
  sequence: 1,
  received: { protocol: 'UDP', address: '192.0.2.7', port: 5062 },
  passwordMark: 'mark',
});

let aws: LocalAws;
let table: Table;
let registrations: Registrations;

beforeAll(async () => {
  aws = await startLocalAws();
  table = createTable(aws.env);
  registrations = createRegistrations(table);
});
afterAll(() => aws.close());

describe('Where a client is', () => {
  it('is nowhere to begin with', async () => {
    expect(await registrations.get(ACCOUNT, 'nobody')).toEqual({ contacts: [] });
  });

  it('is kept until the last of its contacts expires', async () => {
    const contacts = [contact('sip:a@192.0.2.7', 1_000_500), contact('sip:b@192.0.2.7', 2_000_500)];
    await registrations.put(ACCOUNT, 'alice', contacts, undefined);
    expect(await registrations.get(ACCOUNT, 'alice')).toEqual({ contacts, version: 1 });
    expect((await table.get(key.registration(ACCOUNT, 'alice')))?.['expiresAt']).toEqual({ N: '2001' });
  });

  it('is written by one who has read what is there, and by nobody else', async () => {
    await registrations.put(ACCOUNT, 'bob', [contact('sip:a@192.0.2.7')], undefined);
    const late = registrations.put(ACCOUNT, 'bob', [], undefined);
    await expect(late).rejects.toThrow(Conflict);
    await registrations.put(ACCOUNT, 'bob', [], 1);
    await expect(registrations.put(ACCOUNT, 'bob', [contact('sip:b@x')], 1)).rejects.toThrow(Conflict);
    expect(await registrations.get(ACCOUNT, 'bob')).toEqual({ contacts: [], version: 2 });
  });

  it('is not among the clients themselves', async () => {
    await registrations.put(ACCOUNT, 'carol', [contact('sip:a@192.0.2.7')], undefined);
    expect(await createSipClients(table).list(ACCOUNT)).toEqual([]);
  });
});
