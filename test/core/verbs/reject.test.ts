import { describe, expect, it } from 'vitest';
import { serviceCode } from '../../../core/refusal.ts';
import type { Reject } from '../../../core/verb.ts';
import { REJECTIONS } from '../../../core/verbs/reject.ts';
import { EngineCall, lines, pause, say } from '../../support/engine-call.ts';

const reject = (reason: Reject['reason']): Reject => ({ verb: 'Reject', reason });
const REASONS = Object.keys(REJECTIONS) as Reject['reason'][];

describe('Reject', () => {
  it.each(REASONS)('turns a caller away: %s', reason => {
    const { sipCode, outcome } = REJECTIONS[reason];
    const call = EngineCall.inbound([reject(reason)]);

    const given = lines(call.actions);
    call.hangsUp('LEG-A', sipCode);

    expect(given).toEqual([`Hangup LEG-A ${serviceCode(sipCode)}`]);
    expect(call.told).toEqual(['A Call Ringing', `A Call Completed ${outcome}`]);
  });

  it('says busy with 486, and declines with 603, for which the voice service has 480', () => {
    expect(REJECTIONS).toEqual({
      busy: { sipCode: 486, outcome: 'busy' },
      rejected: { sipCode: 603, outcome: 'no-answer' },
    });
    expect(Object.values(REJECTIONS).map(({ sipCode }) => serviceCode(sipCode))).toEqual([486, 480]);
  });

  it('lets a Pause before it ring first', () => {
    const call = EngineCall.inbound([pause(3), reject('busy')]);
    const first = lines(call.actions);

    call.listEnds();

    expect([first, lines(call.actions)]).toEqual([['Pause 3000'], ['Hangup LEG-A 486']]);
  });

  it('hangs up a call that has been answered, which is completed then', () => {
    const call = EngineCall.inbound([say('Sorry.'), reject('busy')]);

    call.listEnds();
    const given = lines(call.actions);
    call.hangsUp('LEG-A');

    expect([given, call.root.status]).toEqual([['Hangup LEG-A 0'], 'completed']);
  });
});
