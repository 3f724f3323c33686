/** A caller who sends on whoever has answered, with the handler killed at each step of the event that tells of the caller's end. Real time. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Crashes } from '../support/crashes.ts';
import { DialPlatform } from '../support/dial-platform.ts';
import { OWN } from '../support/test-platform.ts';

const CAROL = 'sip:carol@sip.example.com';
/** Of the handler's invocations: after that of the new call, and that of the Dial which has joined the two. */
const CALLER_ENDS = 2;

describe('A caller that sends REFER', () => {
  let crashes: Crashes;
  let test: DialPlatform;

  beforeAll(async () => {
    crashes = await Crashes.start();
    test = await DialPlatform.start({ functions: crashes.functions });
  });
  afterAll(async () => {
    await test.close();
    await crashes.close();
  });

  const document = (path: string, verbs: string) => test.customer.on(path, `<Response>${verbs}</Response>`);
  const has = (sid: string, told: string) =>
    test.until(() => test.bus.some(({ type, detail }) => detail.call.sid === sid && type === told), told);

  /** Alice sends Bob on; the handler that hears of her end is killed at that request. Gives back which it was, and how often each document was asked. */
  async function sentOn(request: number, when: 'before' | 'after') {
    const [alice, bob] = await Promise.all([test.phone(), test.phone()]);
    const paths = ['refer', 'after'].map(name => `/${name}-${request}-${when}`) as [string, string];
    const referUrl = document(paths[0], '<Say>Hello you.</Say><Pause length="60"/>');
    const action = document(paths[1], '');
    const [To, uri] = [alice, bob].map(({ port }) => `sip:phone@127.0.0.1:${port};transport=udp`);
    const Twiml = `<Response><Dial referUrl="${referUrl}" action="${action}"><Sip>${uri}</Sip></Dial></Response>`;
    crashes.reset();
    crashes.plan = ({ functionName, invocation, request: at }) =>
      functionName === 'sma-handler' && invocation === CALLER_ENDS && at === request ? when : undefined;
    const { sid } = await test.api<{ sid: string }>('Calls.json', { To: `${To}`, From: OWN, Twiml });
    const callee = sid.replace(/0000$/, '0001');
    await has(callee, 'Call Answered');
    await test.until(() => test.callerTalks, 'they talk');

    await alice.taken[0]?.refer(CAROL);
    await test.until(() => bob.sounds.length > 0, 'the callee hears its document');
    await has(sid, 'Call Completed');
    expect([alice.taken[0]?.end?.by, bob.taken[0]?.end]).toEqual(['remote', undefined]);
    bob.taken[0]?.bye();
    await has(callee, 'Call Completed');
    return { struck: crashes.struck[0]?.what, asked: paths.map(path => test.customer.asked(path).length) };
  }

  it.each(['before', 'after'] as const)(
    'has its callee moved once, and each call ended once, with the handler killed %s each of its requests',
    async when => {
      const struck: string[] = [];
      for (let what: string | undefined = ''; what !== undefined; ) {
        const round = await sentOn(struck.length, when);
        what = round.struck;
        expect({ what, asked: round.asked }).toEqual({ what, asked: [1, 0] });
        if (what !== undefined) struck.push(what);
      }
      expect(struck.filter(what => what === 'sqs:SendMessage').length).toBeGreaterThanOrEqual(2);
      const { ends, inOrder } = await test.ended();
      expect({ ends: new Set(ends), inOrder: new Set(inOrder) }).toEqual({
        ends: new Set([1]),
        inOrder: new Set([true]),
      });
    },
    120_000,
  );
});
