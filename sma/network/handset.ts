/** One virtual phone: it can be called by script, or be used by hand. */
import type { Clock, Timer } from '../clock.ts';
import type { Prompt } from '../media/prompt.ts';
import type { HandsetScript } from './handset-script.ts';
import type { IncomingCall, Line, LineEvents, OutgoingCall } from './phone-network.ts';

export type Heard =
  | { kind: 'text'; text: string }
  | { kind: 'audio'; bucket: string; key: string }
  | { kind: 'digits'; digits: string };

/** How the latest call ended: hung up after an answer (0), or refused with that SIP code. */
export interface HandsetEnd {
  by: 'handset' | 'far-end';
  sipCode: number;
}

export interface HandsetView {
  number: string;
  /** `ringing` is a call that nobody has answered yet, in either direction. */
  state: 'idle' | 'ringing' | 'in-call';
  /** Of the call that is up. */
  direction?: 'incoming' | 'outgoing';
  /** The other number of the call that is up. */
  peer?: string;
  script: HandsetScript;
  /** What was heard in the call that is up, or else in the latest one, in order. */
  heard: Heard[];
  /** Calls that made it ring, ever. */
  ringCount: number;
  lastEnd?: HandsetEnd;
}

/** Something that cannot be done with the handset as it is; the message says what to do. */
export class HandsetError extends Error {
  override name = 'HandsetError';
  readonly status: number;

  constructor(message: string, status = 409) {
    super(message);
    this.status = status;
  }
}

interface HandsetCall {
  peer: string;
  direction: 'incoming' | 'outgoing';
  events: LineEvents;
  isAnswered: boolean;
  timers: Timer[];
}

const BUSY = 486;
const DECLINE = 603;
const NORMAL_END = 0;

export class Handset {
  readonly number: string;
  script: HandsetScript;
  readonly #clock: Clock;
  #call: HandsetCall | undefined;
  #heard: Heard[] = [];
  #ringCount = 0;
  #lastEnd: HandsetEnd | undefined;

  constructor(clock: Clock, number: string, script: HandsetScript) {
    this.#clock = clock;
    this.number = number;
    this.script = script;
  }

  view(): HandsetView {
    const call = this.#call;
    return {
      number: this.number,
      state: call === undefined ? 'idle' : call.isAnswered ? 'in-call' : 'ringing',
      ...(call && { direction: call.direction, peer: call.peer }),
      script: this.script,
      heard: [...this.#heard],
      ringCount: this.#ringCount,
      ...(this.#lastEnd && { lastEnd: this.#lastEnd }),
    };
  }

  /** Somebody calls it: what happens is up to its script, and to `answer` and `hangUp`. */
  called({ from }: OutgoingCall, events: LineEvents): Line {
    if (this.#call !== undefined) {
      this.#clock.after(0, () => events.ended(BUSY));
      return this.#lineOf(undefined);
    }
    const call = this.#begin(from, 'incoming', events);
    const { ringSeconds = 0, answer = true, sipCode } = this.script;
    const rings = ringSeconds > 0 || (!answer && sipCode === undefined);
    if (rings) {
      this.#later(call, 0, () => {
        this.#ringCount++;
        events.ringing();
      });
    }
    if (sipCode !== undefined) this.#later(call, ringSeconds, () => this.#leave(call, sipCode));
    else if (answer) this.#later(call, ringSeconds, () => this.#answer(call));
    return this.#lineOf(call);
  }

  /** It calls the service: `place` hands the call over, and returns undefined when nobody has that number. */
  dial(to: string, place: (call: IncomingCall, line: Line) => LineEvents | undefined): void {
    if (this.#call !== undefined) throw new HandsetError(`${this.number} is in a call: hang it up first.`);
    let farEnd: LineEvents | undefined;
    const call = this.#begin(to, 'outgoing', {
      ringing() {},
      answered() {},
      digits: digits => farEnd?.digits(digits),
      ended: sipCode => farEnd?.ended(sipCode),
    });
    farEnd = place({ from: this.number, to }, this.#lineOf(call));
    if (farEnd === undefined) {
      this.#call = undefined;
      throw new HandsetError(`${to} is not a number of the account: dial one of its own numbers.`, 400);
    }
  }

  /** Picks up, whatever the script says. */
  answer(): void {
    const call = this.#call;
    if (call === undefined || call.isAnswered || call.direction === 'outgoing') {
      throw new HandsetError(`${this.number} has nothing to answer: it does not ring.`);
    }
    this.#answer(call);
  }

  hangUp(): void {
    const call = this.#call;
    if (call === undefined)
      throw new HandsetError(`${this.number} has nothing to hang up: it is in no call.`);
    if (call.direction === 'incoming' && !call.isAnswered) this.#leave(call, DECLINE);
    else this.#leave(call, NORMAL_END);
  }

  press(digits: string): void {
    if (this.#call?.isAnswered !== true) {
      throw new HandsetError(`${this.number} cannot press keys: it is in no answered call.`);
    }
    this.#call.events.digits(digits);
  }

  #begin(peer: string, direction: HandsetCall['direction'], events: LineEvents): HandsetCall {
    const call: HandsetCall = { peer, direction, events, isAnswered: false, timers: [] };
    this.#call = call;
    this.#heard = [];
    return call;
  }

  #answer(call: HandsetCall): void {
    for (const timer of call.timers) timer.cancel();
    call.isAnswered = true;
    const { digits, digitsAfterSeconds = 0, hangUpAfterSeconds } = this.script;
    call.events.answered();
    if (digits !== undefined) this.#later(call, digitsAfterSeconds, () => call.events.digits(digits));
    if (hangUpAfterSeconds !== undefined) {
      this.#later(call, hangUpAfterSeconds, () => this.#leave(call, NORMAL_END));
    }
  }

  #leave(call: HandsetCall, sipCode: number): void {
    this.#end(call, { by: 'handset', sipCode });
    call.events.ended(sipCode);
  }

  #end(call: HandsetCall, end: HandsetEnd): void {
    for (const timer of call.timers) timer.cancel();
    if (this.#call !== call) return;
    this.#call = undefined;
    this.#lastEnd = end;
  }

  #later(call: HandsetCall, seconds: number, task: () => void): void {
    call.timers.push(this.#clock.after(seconds * 1_000, task));
  }

  /** What the service can do to its call; nothing once that is over. */
  #lineOf(call: HandsetCall | undefined): Line {
    const whileUp = (task: (call: HandsetCall) => void): void => {
      if (call !== undefined && this.#call === call) task(call);
    };
    const hear = (heard: Heard): void => whileUp(() => this.#heard.push(heard));
    return {
      ring() {},
      answer: () =>
        whileUp(up => {
          up.isAnswered = true;
        }),
      hangUp: sipCode =>
        whileUp(up => {
          this.#end(up, { by: 'far-end', sipCode: up.isAnswered ? NORMAL_END : sipCode });
        }),
      play: prompt => hear(heardPrompt(prompt)),
      stopPlaying() {},
      sendDigits: digits => hear({ kind: 'digits', digits: digits.replaceAll(',', '') }),
    };
  }
}

const heardPrompt = (prompt: Prompt): Heard =>
  prompt.kind === 'speech'
    ? { kind: 'text', text: prompt.text }
    : { kind: 'audio', bucket: prompt.bucket, key: prompt.key };
