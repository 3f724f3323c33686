/** What a document dials → what can be dialled: by the voice service itself, or by the SIP edge. */
import type { Entry } from './session.ts';
import type { Dial, DialNumber, DialSip, Verb } from './verb.ts';

/** The verbs, with every Dial laid out. */
export function layOut(verbs: readonly Verb[]): Verb[] {
  return verbs.flatMap(verb => {
    if (verb.verb !== 'Dial') return [verb];
    const dial = layOutDial(verb);
    return verb.answerFirst ? [{ verb: 'Answer' }, dial] : [dial];
  });
}

/** What a call begins with, with every Dial laid out. */
export function layOutEntry(entry: Entry): Entry {
  return 'verbs' in entry ? { ...entry, verbs: layOut(entry.verbs) } : entry;
}

function layOutDial({ targets, order: _, answerFirst: __, ...settings }: Dial): DialNumber | DialSip {
  const numbers = targets.filter(target => target.kind === 'number');
  const sip = targets.filter(target => target.kind === 'sip');
  return sip.length > 0
    ? { ...settings, verb: 'DialSip', targets: sip }
    : { ...settings, verb: 'DialNumber', targets: numbers };
}
