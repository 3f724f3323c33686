import { expect, it } from 'vitest';
import type { SipTarget } from '../../core/sip-target.ts';
import type { SipEdge } from '../../core/turn.ts';
import type { DialEdge } from '../../core/verb.ts';
import { dial, EngineCall } from '../support/engine-call.ts';

const sip = (more: Partial<SipTarget> = {}): SipTarget => ({
  kind: 'sip',
  uri: 'sip:bob@example.com',
  transport: 'udp',
  headers: [],
  codecs: ['PCMU'],
  ...more,
});
const CLIENT = sip({ client: 'bob' });
const SEVERAL = { voiceConnectorArn: 'arn:any', clientsConnectorArn: 'arn:first', token: 'token' };
const { clientsConnectorArn: _, ...ONE } = SEVERAL;

it.each<[string, SipTarget[], SipEdge, string]>([
  ['a SIP address to any edge', [sip()], SEVERAL, 'arn:any'],
  ['a client to the edge that it is connected with', [CLIENT], SEVERAL, 'arn:first'],
  ['a client among others likewise', [sip(), CLIENT], SEVERAL, 'arn:first'],
  ['a client to the only edge', [CLIENT], ONE, 'arn:any'],
])('A Dial takes %s', (_what, targets, edge, Arn) => {
  const call = new EngineCall([{ ...(dial() as unknown as DialEdge), verb: 'DialEdge', targets }]);
  call.placed();
  call.edge = edge;
  call.answered();

  expect(call.actions[0]).toMatchObject({
    Type: 'CallAndBridge',
    Parameters: { Endpoints: [{ BridgeEndpointType: 'AWS', Arn, Uri: 'token' }] },
  });
});
