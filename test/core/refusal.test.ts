/** What a caller is turned away with who was never answered. */
import { describe, expect, it } from 'vitest';
import type { DialFacts } from '../../core/document.ts';
import { refusalAfter, serviceCode } from '../../core/refusal.ts';
import type { Session } from '../../core/session.ts';
import { EngineCall, lines, pause, say, target } from '../support/engine-call.ts';

const TOKEN = 'token';
const ENTRY = { target: target('https://example.com/voice') };
const FAILED = {
  error: { code: 1, message: 'It is broken.', reason: 'invalid', url: 'https://example.com/' },
} as const;

/** A callee's final response. */
const sip = (code: number): NonNullable<DialFacts['sip']> => ({ code, headers: [] });

describe('After the last Dial', () => {
  it.each<[Session['flow']['lastDial'], number]>([
    [{ outcome: 'busy' }, 486],
    [{ outcome: 'no-answer' }, 408],
    [{ outcome: 'failed' }, 500],
    [{ outcome: 'canceled' }, 480],
    [{ outcome: 'failed', sip: sip(403) }, 403],
    [{ outcome: 'busy', sip: sip(600) }, 600],
    [{ outcome: 'no-answer', sip: sip(487) }, 408],
    [{ outcome: 'failed', sip: sip(401) }, 500],
    [undefined, 480],
  ])('of %j it is %i', (lastDial, sipCode) => {
    expect(refusalAfter(lastDial)).toEqual({ sipCode });
  });
});

describe('A caller whose document fails', () => {
  it('gets what the edge is told, which has brought the caller; the voice service says what it can', () => {
    const call = EngineCall.inbound(ENTRY, { arrivalToken: TOKEN });

    const step = call.documentArrives(FAILED);

    expect(step.refusal).toEqual({ token: TOKEN, sipCode: 500, reason: 'document-invalid' });
    expect(lines(step.actions)).toEqual(['Hangup LEG-A 480']);
  });

  it.each<[string, () => EngineCall]>([
    ['comes by telephone', () => EngineCall.inbound(ENTRY)],
    ['was answered', () => EngineCall.inbound([say('Hi.'), pause(1)], { arrivalToken: TOKEN })],
  ])('is told nothing of it by the edge, where the caller %s', (_, begin) => {
    const call = begin();

    call.listEnds();
    if (call.waitingFor) call.documentArrives(FAILED);

    expect(call.steps.flatMap(({ refusal }) => refusal ?? [])).toEqual([]);
  });
});

it('The voice service says busy, and for anything else that nobody is there', () => {
  expect([403, 404, 408, 480, 486, 500, 603].map(serviceCode)).toEqual([480, 480, 480, 480, 486, 480, 480]);
});
