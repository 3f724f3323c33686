/** What a document dials → what can be dialled: by the voice service itself, or by the SIP edge. */
import type { Call } from './call.ts';
import { E164 } from './destination.ts';
import type { Notification } from './document.ts';
import { legEnd } from './leg-end.ts';
import { NOTIFICATION } from './notification.ts';
import type { Directory } from './resolve-destination.ts';
import type { SipTarget } from './sip-target.ts';
import { mayShow } from './trunk.ts';
import type { Dial, DialEdge, DialNumber, DialTarget, LaidOutVerb, NumberTarget, Verb } from './verb.ts';

/** What somebody can dial with. */
export interface Ways {
  accountSid: string;
  /** Enough of it for all that `dialledIn` asks about. */
  directory: Directory;
  /** Whether there is a SIP edge. */
  hasEdge: boolean;
  /** Whose document it is. */
  call: Pick<Call, 'direction' | 'to' | 'from'>;
  nowMs: number;
}

/** The verbs with every Dial laid out, and what could not be dialled. */
export interface LaidOut {
  verbs: LaidOutVerb[];
  notifications: Notification[];
}

type Note = (level: Notification['level'], code: number, message: string) => void;
type Target = NumberTarget | SipTarget;

/** What the account has to be asked about before its verbs can be laid out. */
export function dialledIn(verbs: readonly Verb[]): { destinations: string[]; callerIds: string[] } {
  const dials = verbs.filter(verb => verb.verb === 'Dial');
  return {
    destinations: dials.flatMap(({ targets }) => targets).flatMap(target => destinationOf(target) ?? []),
    callerIds: dials.flatMap(({ callerId }) => callerId ?? []),
  };
}

export function layOut(verbs: readonly Verb[], ways: Ways): LaidOut {
  const notifications: Notification[] = [];
  const note: Note = (level, code, message) =>
    notifications.push({ code, level, message, occurredAtMs: ways.nowMs });
  const laidOut = verbs.flatMap((verb): LaidOutVerb[] => {
    if (verb.verb !== 'Dial') return [verb];
    const { dials } = new DialLayout(verb, ways, note);
    return verb.answerFirst ? [{ verb: 'Answer' }, ...dials] : dials;
  });
  return { verbs: laidOut, notifications };
}

const destinationOf = (target: DialTarget): string | undefined =>
  target.kind === 'number' ? target.number : target.kind === 'client' ? `client:${target.name}` : undefined;

class DialLayout {
  readonly #dial: Dial;
  readonly #ways: Ways;
  readonly #note: Note;

  constructor(dial: Dial, ways: Ways, note: Note) {
    this.#dial = dial;
    this.#ways = ways;
    this.#note = note;
  }

  /** One after the other, each in place of the one before that nobody answered. */
  get dials(): (DialNumber | DialEdge)[] {
    const { targets: written, order, answerFirst: _, verb: __, ...settings } = this.#dial;
    const targets = written.flatMap(target => this.#end(target) ?? []);
    const rounds = order === 'together' ? this.#together(targets) : inTurn(targets);
    const dials = rounds.length > 0 ? rounds : [[]];
    return dials.map((round, index) => {
      const alternatives = dials.length - 1 - index;
      const all = { ...settings, ...(alternatives > 0 && { alternatives }) };
      const sip = round.filter(target => target.kind === 'sip');
      return sip.length > 0
        ? { ...all, verb: 'DialEdge', targets: sip }
        : { ...all, verb: 'DialNumber', targets: round.filter(target => target.kind === 'number') };
    });
  }

  /** The voice service rings one number at a time; for anything more there has to be an edge. */
  #together(targets: Target[]): Target[][] {
    if (targets.length < 2) return inTurn(targets);
    if (this.#ways.hasEdge) return [targets.flatMap(target => this.#overEdge(target) ?? [])];
    this.#note(
      'warning',
      NOTIFICATION.inTurn,
      'The numbers of a Dial are rung one after the other: it takes the SIP edge to ring them at once, and this deployment has none.',
    );
    return inTurn(targets);
  }

  /** Undefined for one that cannot be dialled, which is noted. */
  #end(target: DialTarget): Target | undefined {
    const end = this.#resolved(target);
    if (end.kind === 'refused') return this.#refuse(end.reason, end.code);
    if (end.kind === 'sip' || target.screening !== undefined) {
      if (!this.#ways.hasEdge) return this.#refuse(NEEDS_EDGE[end.kind]);
      return this.#overEdge(end);
    }
    return end;
  }

  #resolved(target: DialTarget): Target | { kind: 'refused'; reason: string; code?: number } {
    if (target.kind === 'sip') return target;
    const { callback, screening, ...rest } = target;
    const dialled = { ...(callback && { callback }), ...(screening && { screening }) };
    const { headers, identifiedBy } = target;
    const settings = { ...(headers && { headers }), ...(identifiedBy && { identifiedBy }) };
    const to = destinationOf(target) ?? '';
    const end = legEnd(to, settings, this.#ways);
    if (end.kind === 'refused') return end;
    const digits =
      target.kind === 'number' && target.sendDigits !== undefined ? target.sendDigits : undefined;
    if (end.kind === 'telephone' && this.#isSomebodyElses)
      return {
        kind: 'refused',
        code: NOTIFICATION.callerIdRefused,
        reason: `${end.number} cannot be called, as ${this.#shown} is none of your numbers, and the telephone network is shown no other: give a callerId that is.`,
      };
    if (end.kind === 'telephone')
      return { ...(rest as NumberTarget), ...dialled, kind: 'number', number: end.number };
    const callerId = this.#shownBy(end);
    if (typeof callerId === 'object') return callerId;
    return {
      ...end.target,
      ...dialled,
      ...(digits !== undefined && { sendDigits: digits }),
      ...(callerId !== undefined && { callerId }),
    };
  }

  get #shown(): string {
    return this.#dial.callerId ?? this.#ways.call.from;
  }

  /**
   * The voice service shows any number of the AWS account, which other accounts share. What the call itself shows may go on to be shown;
   * but where nobody has called in with it, somebody has chosen it.
   */
  get #isSomebodyElses(): boolean {
    const shown = this.#shown;
    const { call, directory } = this.#ways;
    if (!E164.test(shown) || directory.numbers.has(shown)) return false;
    if (shown !== call.from) return true;
    return call.direction !== 'inbound' && directory.othersNumbers?.has(shown) === true;
  }

  /** What is shown in place of the Dial's caller id, where a trunk does not let that be shown. */
  #shownBy({ trunk }: { trunk?: Parameters<typeof mayShow>[0] & { name: string } }) {
    const { callerId } = this.#dial;
    const { call, directory } = this.#ways;
    const shown = this.#shown;
    if (trunk === undefined || mayShow(trunk, shown) || directory.numbers.has(shown)) return undefined;
    if (callerId === undefined || callerId === call.from) return this.#ownNumber;
    return {
      kind: 'refused' as const,
      reason: `${callerId} cannot be shown over the trunk ${trunk.name}: it is none of your numbers, nor among the caller ids of the trunk.`,
    };
  }

  /** A target in the edge's terms. */
  #overEdge(target: Target): SipTarget | undefined {
    if (target.kind === 'sip') return target;
    const { number, sendDigits, callback, screening } = target;
    const callerId = this.#numberShown;
    if (callerId === undefined)
      return this.#refuse(
        `${number} cannot be called, as there is no number of yours to show: give a callerId.`,
      );
    return {
      kind: 'sip',
      uri: `tel:${number}`,
      telephone: { number, callerId },
      calledAs: number,
      transport: 'udp',
      headers: [],
      codecs: ['PCMU'],
      ...(sendDigits !== undefined && { sendDigits }),
      ...(callback && { callback }),
      ...(screening && { screening }),
    };
  }

  /** A Voice Connector lets the telephone network be shown numbers of the account only. */
  get #numberShown(): string | undefined {
    const { callerId } = this.#dial;
    const isCallers = this.#ways.call.direction === 'inbound' && callerId === this.#ways.call.from;
    return callerId !== undefined && E164.test(callerId) && !isCallers ? callerId : this.#ownNumber;
  }

  get #ownNumber(): string | undefined {
    const { direction, to, from } = this.#ways.call;
    const own = direction === 'inbound' ? to : from;
    return E164.test(own) ? own : undefined;
  }

  #refuse(reason: string, code: number = NOTIFICATION.dialRefused): undefined {
    this.#note('error', code, reason);
  }
}

const NEEDS_EDGE = {
  sip: 'A SIP address can be dialled by the SIP edge only, and this deployment has none.',
  number: 'A number can be screened by the SIP edge only, and this deployment has none.',
} as const;

/** Numbers that follow one another are one Dial of the voice service. */
function inTurn(targets: readonly Target[]): Target[][] {
  const rounds: Target[][] = [];
  for (const target of targets) {
    const last = rounds.at(-1);
    if (last?.[0]?.kind === 'number' && target.kind === 'number') last.push(target);
    else rounds.push([target]);
  }
  return rounds;
}
