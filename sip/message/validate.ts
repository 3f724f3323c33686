import type { SipMessage, SipRequest, SipResponse } from './message.ts';
import {
  answerWouldBeAccepted,
  bodyIsUnderstood,
  extensionsAreSupported,
  hopsAreLeft,
  methodIsAllowed,
  registersSipAddress,
  schemeIsKnown,
} from './request-rules.ts';
import { neededHeadersAreThere, singleHeadersComeOnce } from './structure-rules.ts';
import { cseqHasTheMethod, headersFollowGrammar, requestUriFollowsGrammar } from './syntax-rules.ts';
import type { Objection, Verdict } from './verdict.ts';

/** What an element can do; what is left out is not checked. */
export interface Capabilities {
  /** Whether it passes requests on or serves them itself; a server unless told. */
  readonly role?: 'server' | 'proxy';
  readonly methods?: readonly string[];
  /** URI schemes in lower case. */
  readonly schemes?: readonly string[];
  /** Option tags. */
  readonly extensions?: readonly string[];
  /** Body types it reads, as `type/subtype` in lower case. */
  readonly contentTypes?: readonly string[];
  /** Body types it answers an INVITE with. */
  readonly answerTypes?: readonly string[];
}

type Rule<M extends SipMessage> = (message: M, capabilities: Capabilities) => Objection | undefined;
type RequestRule = Rule<SipRequest>;
type ResponseRule = Rule<SipResponse>;

/** What every element checks before it looks at what a request wants (RFC 3261 §16.3 step 1). */
const requestSyntax: readonly RequestRule[] = [
  requestUriFollowsGrammar,
  headersFollowGrammar,
  cseqHasTheMethod,
];

/** What is a matter of the layer above the parser, in the order of RFC 3261 §8.2 and §16.3. */
const requestSemantics: readonly RequestRule[] = [
  neededHeadersAreThere,
  singleHeadersComeOnce,
  methodIsAllowed,
  schemeIsKnown,
  registersSipAddress,
  hopsAreLeft,
  extensionsAreSupported,
  bodyIsUnderstood,
  answerWouldBeAccepted,
];

const responseSyntax: readonly ResponseRule[] = [headersFollowGrammar];

/** A user agent drops a response that has other hops to go: it was sent to the wrong place (§8.1.3.3; RFC 4475 §3.3.10). */
const isAtItsEnd: ResponseRule = ({ vias }) =>
  vias.length > 1
    ? { status: 400, reason: 'The response is for another element: it has more than one Via' }
    : undefined;

const responseSemantics: Readonly<Record<'server' | 'proxy', readonly ResponseRule[]>> = {
  server: [neededHeadersAreThere, singleHeadersComeOnce, isAtItsEnd],
  proxy: [neededHeadersAreThere, singleHeadersComeOnce],
};

const accept: Verdict = { action: 'accept' };

const anything: Capabilities = {};

/** Whether a message that was parsed follows the grammar in what every element reads (RFC 4475 §3.1.2). */
export function validateSyntax(message: SipMessage): Verdict {
  return message.isRequest
    ? verdict(message, requestSyntax, anything)
    : verdict(message, responseSyntax, anything);
}

/**
 * What to do with a message that was parsed: syntax first, then what RFC 3261 §8.2 (for a server) or §16.3 (for a
 * proxy) has a request refused for, then nothing. Authentication, loops and dialogs are other layers' business.
 */
export function validate(message: SipMessage, capabilities: Capabilities = anything): Verdict {
  const syntax = validateSyntax(message);
  if (syntax.action !== 'accept') return syntax;
  return message.isRequest
    ? verdict(message, requestSemantics, capabilities)
    : verdict(message, responseSemantics[capabilities.role ?? 'server'], capabilities);
}

function verdict<M extends SipMessage>(
  message: M,
  rules: readonly Rule<M>[],
  capabilities: Capabilities,
): Verdict {
  for (const rule of rules) {
    const objection = rule(message, capabilities);
    if (objection !== undefined) return judge(message, objection);
  }
  return accept;
}

/** Nothing answers a response or an ACK: where a request would be refused, they are dropped. */
function judge(message: SipMessage, { status, reason, headers = [] }: Objection): Verdict {
  if (!message.isRequest || message.method === 'ACK') return { action: 'drop', reason };
  return { action: 'respond', status, reason, headers };
}
