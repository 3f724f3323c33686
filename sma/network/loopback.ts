/** A call from the account to one of its own numbers: both of its ends are in the runtime. */
import type { Clock } from '../clock.ts';
import type { IncomingCall, Line, LineEvents, OutgoingCall } from './phone-network.ts';

const NOT_FOUND = 404;
const NORMAL_END = 0;

/** Takes the call in at `inbound` and gives the caller its line; what either end does reaches the other a moment later. */
export function loopBack(
  clock: Clock,
  call: OutgoingCall & { to: { kind: 'number'; number: string } },
  caller: LineEvents,
  inbound: (call: IncomingCall, line: Line) => LineEvents | undefined,
): Line {
  let callee: LineEvents | undefined;
  let isAnswered = false;
  let isOver = false;
  const soon = (task: () => void): void => {
    clock.after(0, () => {
      if (!isOver) task();
    });
  };
  const end = (task: () => void): void =>
    soon(() => {
      isOver = true;
      task();
    });

  const calleeLine: Line = {
    ring: () => soon(() => caller.ringing()),
    answer: () =>
      soon(() => {
        isAnswered = true;
        caller.answered();
      }),
    hangUp: sipCode => end(() => caller.ended(isAnswered ? NORMAL_END : sipCode)),
    play() {},
    stopPlaying() {},
    sendDigits: digits => soon(() => caller.digits(digits)),
  };
  soon(() => {
    callee = inbound({ from: call.from, to: call.to.number, headers: call.headers }, calleeLine);
    if (callee === undefined) end(() => caller.ended(NOT_FOUND));
  });
  return {
    ring() {},
    answer() {},
    hangUp: () => end(() => callee?.ended(NORMAL_END)),
    play() {},
    stopPlaying() {},
    sendDigits: digits => soon(() => callee?.digits(digits)),
  };
}
