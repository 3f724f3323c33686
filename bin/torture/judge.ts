import { SipParseError } from '../../sip/message/errors.ts';
import type { SipMessage } from '../../sip/message/message.ts';
import { parseMessage } from '../../sip/message/parse.ts';
import { serialise } from '../../sip/message/serialise.ts';
import { validateSyntax } from '../../sip/message/validate.ts';
import { meaningOf } from './meaning.ts';
import { sections } from './sections.ts';

/** `parse`: valid, and survives being written and read. `refuse`: not valid. `above`: valid, for another layer to judge. */
export type Expected = 'parse' | 'refuse' | 'above';

export interface Judgement {
  /** `refuse`, or what was expected where that came true, or what it did instead. */
  readonly verdict: string;
  /** What was found, where, and what answers it. */
  readonly detail: string;
}

/** Gives a torture message to the stack as a datagram, and says what the stack makes of it. */
export async function judge(bytes: Uint8Array, section: string, expected: Expected): Promise<Judgement> {
  let message: SipMessage;
  try {
    message = parseMessage(bytes);
  } catch (error) {
    if (!(error instanceof SipParseError)) throw error;
    const answer = error.salvaged?.isRequest ? `answer ${error.status}` : 'drop';
    return { verdict: 'refuse', detail: `${answer}: ${error.message}` };
  }
  const syntax = validateSyntax(message);
  if (syntax.action === 'respond')
    return { verdict: 'refuse', detail: `answer ${syntax.status}: ${syntax.reason}` };
  if (syntax.action === 'drop') return { verdict: 'refuse', detail: `drop: ${syntax.reason}` };
  const change = changeOnTheWay(message);
  if (change !== undefined) return { verdict: 'changes', detail: change };
  return expected === 'above' ? above(message, section) : { verdict: 'parse', detail: message.startLine };
}

/** Reading what was written must give the same meaning, and writing that again the same bytes. */
function changeOnTheWay(message: SipMessage): string | undefined {
  const written = serialise(message);
  const again = parseMessage(written);
  if (!serialise(again).equals(written)) return 'writing it twice gives other bytes';
  return meaningOf(again) === meaningOf(message) ? undefined : 'its meaning changed when it was written';
}

async function above(message: SipMessage, section: string): Promise<Judgement> {
  const found: string[] = [];
  for (const [handling, wanted] of sections[section] ?? []) {
    const word = await handling(message);
    if (typeof wanted === 'string' ? word !== wanted : !wanted.test(word)) {
      return { verdict: 'mishandled', detail: `wanted ${wanted}, found ${word}` };
    }
    found.push(word);
  }
  return { verdict: 'above', detail: found.join(', ') };
}
