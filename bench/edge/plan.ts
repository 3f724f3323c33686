import type { DialPlan } from '../../core/dial-plan.ts';
import { detached } from '../../sip/grammar/detached.ts';

/** A dial of one target on this machine, as the control plane would leave it. */
export function benchPlan(token: string, targetPort: number, nowMs: number): DialPlan {
  const rootSid = sidOf(token, '0');
  return {
    token,
    kind: 'bridge',
    accountSid: 'AC1',
    dialect: 'signalwire',
    rootSid,
    calls: [
      {
        sid: sidOf(token, '1'),
        parentSid: rootSid,
        direction: 'outbound-dial',
        to: 'sip:bench',
        from: '+15550100',
        status: 'initiated',
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
        startedAtMs: nowMs,
        nextEvent: 1,
        nextCallback: 1,
      },
    ],
    targets: [
      {
        kind: 'sip',
        uri: `sip:bench@127.0.0.1:${targetPort}`,
        transport: 'udp',
        headers: [
          ['P-Asserted-Identity', '<sip:+15550100@example.com>'],
          ['X-Case', '42'],
        ],
        codecs: ['PCMU', 'PCMA'],
      },
    ],
    callerId: '+15550100',
    ringTimeoutSeconds: 30,
    timeLimitSeconds: 14_400,
    hangupOnStar: false,
    expiresAtMs: nowMs + 3_600_000,
  };
}

/** One text, as what is read from a table is. */
const sidOf = (token: string, fill: string): string => detached(`CA${token.padStart(32, fill)}`);
