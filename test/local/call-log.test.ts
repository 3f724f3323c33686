import { describe, expect, it } from 'vitest';
import { callLogLine } from '../../local/call-log.ts';

const callSid = `CA${'1'.repeat(32)}`;
const atMs = Date.UTC(2026, 0, 1, 12, 30, 15, 250);

describe('the log of calls', () => {
  it('has one line for a call event: when, what, which call, and how it stands', () => {
    const detail = {
      metadata: { sequenceNumber: 3 },
      call: { sid: callSid, from: '+1', to: '+2', status: 'completed', durationSeconds: 7 },
    };
    expect(callLogLine(callSid, { kind: 'bus', atMs, type: 'Call Completed', detail })).toBe(
      `2026-01-01T12:30:15.250Z  Call Completed     call=${callSid} from=+1 to=+2 status=completed duration=7 sequence=3`,
    );
  });

  it('has one for what the voice service complains of, in quotes', () => {
    expect(callLogLine(callSid, { kind: 'service-log', atMs, message: 'Actions list is empty.' })).toBe(
      `2026-01-01T12:30:15.250Z  Voice service      call=${callSid} message="Actions list is empty."`,
    );
  });

  it('has none for the rest', () => {
    expect(callLogLine(callSid, { kind: 'call-ended', atMs, reason: 'hung up' })).toBeUndefined();
  });
});
