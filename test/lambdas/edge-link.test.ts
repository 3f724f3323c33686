import { expect, it } from 'vitest';
import type { Table } from '../../aws/table.ts';
import { systemRandom } from '../../core/random.ts';
import type { Session } from '../../core/session.ts';
import { createEdgeLink } from '../../lambdas/edge-link.ts';

const ANY = { EDGE_VOICE_CONNECTOR_ARN: 'arn:any' };

it.each([
  [{}, undefined],
  [ANY, { voiceConnectorArn: 'arn:any' }],
  [
    { ...ANY, EDGE_CLIENTS_CONNECTOR_ARN: 'arn:first' },
    { voiceConnectorArn: 'arn:any', clientsConnectorArn: 'arn:first' },
  ],
])('With %j the engine knows of %j', async (env, edge) => {
  const { surroundings } = await createEdgeLink(env, {} as Table, systemRandom).about({} as Session);

  expect(surroundings.edge).toEqual(edge && { ...edge, token: expect.stringMatching(/^[A-Za-z0-9]{24}$/) });
});
