/** Calls that come to a Voice Connector. */

import { NoPortError } from '../../rtp/ports.ts';
import { SipUri } from '../../sip/uri/sip-uri.ts';
import { parseUri } from '../../sip/uri/uri.ts';
import type { IncomingInvitation } from '../../sip/user-agent.ts';
import type { IncomingCall, Line, LineEvents } from '../network/phone-network.ts';
import { readAudio } from '../rtp/session-description.ts';
import { isPassedHeader } from '../sip-headers.ts';
import type { ConnectorCall } from './connector-call.ts';
import { ConnectorLine } from './connector-line.ts';
import { callPhone, type Telephone } from './phone-call.ts';

export interface IncomingSurroundings {
  hostName: string;
  mayCall: (address: string) => boolean;
  inbound: (call: IncomingCall, line: Line) => LineEvents | undefined;
  telephone: Telephone | undefined;
  begin: () => ConnectorCall;
  report: (error: unknown) => void;
}

const FORBIDDEN = 403;
const NOT_FOUND = 404;
const NOT_ACCEPTABLE = 488;
const UNAVAILABLE = 503;
const RINGING = 180;
const SESSION_PROGRESS = 183;
const DEFAULT_REFUSAL = 480;
const NORMAL_END = 0;

/** Takes an INVITE in, or refuses it: a source that may not call, a host that is not ours, sound that we do not speak. */
export function takeInvitation(around: IncomingSurroundings, invitation: IncomingInvitation): void {
  const refusal = refusalOf(around, invitation);
  if (refusal !== undefined) {
    invitation.reject(refusal);
    return;
  }
  void enter(around, invitation);
}

function refusalOf({ hostName, mayCall }: IncomingSurroundings, invitation: IncomingInvitation) {
  const { request, sdp } = invitation;
  // `received` is the listener's own word, never the sender's (RFC 3261 §18.2.1).
  const source = request.via?.received ?? request.via?.address ?? '';
  if (!mayCall(source)) return FORBIDDEN;
  if (requestUri(invitation)?.address.toLowerCase() !== hostName.toLowerCase()) return NOT_FOUND;
  return sdp !== undefined && readAudio(sdp) === undefined ? NOT_ACCEPTABLE : undefined;
}

async function enter(around: IncomingSurroundings, invitation: IncomingInvitation): Promise<void> {
  const call = around.begin();
  invitation.on('cancelled', () => call.farEnded(NORMAL_END));
  try {
    if (!(await call.openAudio())) return;
    call.events = receiver(around, describe(around, invitation), new IncomingLine(invitation, call));
    if (call.events !== undefined) return;
    invitation.reject(NOT_FOUND);
  } catch (error) {
    invitation.reject(UNAVAILABLE);
    if (!(error instanceof NoPortError)) around.report(error);
  }
  call.end();
}

/** Whoever takes the call: the application of a SIP rule, or else the phone of its number. */
function receiver(
  { inbound, telephone }: IncomingSurroundings,
  call: IncomingCall,
  line: Line,
): LineEvents | undefined {
  return inbound(call, line) ?? (telephone && callPhone(telephone, call, line));
}

function describe({ hostName }: IncomingSurroundings, invitation: IncomingInvitation): IncomingCall {
  return {
    from: userOf(invitation.request.from?.uri),
    to: requestUri(invitation)?.user ?? '',
    hostName,
    headers: passedHeaders(invitation),
  };
}

class IncomingLine extends ConnectorLine {
  readonly #invitation: IncomingInvitation;
  #description: string | undefined;

  constructor(invitation: IncomingInvitation, call: ConnectorCall) {
    super(call);
    this.#invitation = invitation;
  }

  ring(earlyMedia: boolean): void {
    if (this.#invitation.state !== 'open' || this.#description !== undefined) return;
    const { sdp } = this.#invitation;
    if (!earlyMedia || sdp === undefined) {
      this.#invitation.progress(RINGING);
      return;
    }
    this.#invitation.progress(SESSION_PROGRESS, { sdp: this.#describe(sdp) });
  }

  answer(): void {
    if (this.#invitation.state !== 'open') return;
    this.call.established(this.#invitation.accept({ sdp: this.#describe(this.#invitation.sdp) }));
  }

  hangUp(sipCode: number): void {
    this.#invitation.reject(sipCode || DEFAULT_REFUSAL);
    this.call.end();
  }

  /** Our description: in early media as in the answer, for it must not change in between (RFC 3261 §13.2.1). */
  #describe(offer: string | undefined): string {
    if (this.#description !== undefined) return this.#description;
    const remote = offer === undefined ? undefined : readAudio(offer);
    if (remote !== undefined) this.call.connect(remote);
    this.#description = offer === undefined ? this.call.offer() : this.call.answer(offer);
    return this.#description;
  }
}

const requestUri = ({ request }: IncomingInvitation): SipUri | undefined => {
  const uri = parseUri(request.uri);
  return uri instanceof SipUri ? uri : undefined;
};

/** Any user will do on this path; a caller without one is nobody. */
const userOf = (uri: unknown): string => (uri instanceof SipUri && uri.user) || 'anonymous';

/** One value a name: the first. */
function passedHeaders({ request }: IncomingInvitation): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [name, value] of request.headers) if (isPassedHeader(name)) passed[name] ??= value;
  return passed;
}
