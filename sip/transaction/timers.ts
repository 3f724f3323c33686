/** The three base times of RFC 3261 §17, in milliseconds. */
export interface BaseTimes {
  /** An estimate of the round trip. */
  readonly t1: number;
  /** The longest gap between retransmissions of a non-INVITE request and of an INVITE's response. */
  readonly t2: number;
  /** How long a message stays in the network. */
  readonly t4: number;
}

/** Every timer of RFC 3261 table 4 and RFC 6026 §7.1, in milliseconds, for one kind of transport. */
export interface Timers {
  /** INVITE request: first retransmission; doubles. Undefined where the transport is reliable. */
  readonly a: number | undefined;
  /** INVITE transaction: time-out. */
  readonly b: number;
  /** How long response retransmissions are absorbed after an INVITE's refusal. */
  readonly d: number;
  /** Non-INVITE request: first retransmission; doubles up to T2. */
  readonly e: number | undefined;
  /** Non-INVITE transaction: time-out. */
  readonly f: number;
  /** INVITE refusal: first retransmission; doubles up to T2. */
  readonly g: number | undefined;
  /** Wait for the ACK of a refusal. */
  readonly h: number;
  /** How long ACK retransmissions are absorbed. */
  readonly i: number;
  /** How long non-INVITE request retransmissions are answered again. */
  readonly j: number;
  /** How long non-INVITE response retransmissions are absorbed. */
  readonly k: number;
  /** How long an accepted INVITE's retransmissions are absorbed (RFC 6026). */
  readonly l: number;
  /** How long 2xx from other forks are passed on (RFC 6026). */
  readonly m: number;
  /** The first gap between repetitions of a 2xx (RFC 3261 §13.3.1.4). */
  readonly t1: number;
  /** The longest gap between retransmissions. */
  readonly t2: number;
  /** When an unanswered INVITE gets its 100 (RFC 3261 §17.2.1). */
  readonly trying: number;
}

/** The RFC's defaults. */
export const baseTimes: BaseTimes = { t1: 500, t2: 4_000, t4: 5_000 };

const TRYING_MS = 200;

const onStreams = new WeakMap<BaseTimes, Timers>();
const onDatagrams = new WeakMap<BaseTimes, Timers>();

/** The timers that follow from the base times, reckoned once: every transaction asks for them. */
export function timersFor(times: BaseTimes, reliable: boolean): Timers {
  const known = reliable ? onStreams : onDatagrams;
  const timers = known.get(times) ?? reckon(times, reliable);
  known.set(times, timers);
  return timers;
}

function reckon({ t1, t2, t4 }: BaseTimes, reliable: boolean): Timers {
  const first = reliable ? undefined : t1;
  return {
    a: first,
    b: 64 * t1,
    d: reliable ? 0 : 64 * t1,
    e: first,
    f: 64 * t1,
    g: first,
    h: 64 * t1,
    i: reliable ? 0 : t4,
    j: reliable ? 0 : 64 * t1,
    k: reliable ? 0 : t4,
    l: 64 * t1,
    m: 64 * t1,
    t1,
    t2,
    trying: TRYING_MS,
  };
}
