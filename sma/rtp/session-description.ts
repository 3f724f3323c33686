/** As much of SDP (RFC 8866) and offer/answer (RFC 3264) as a Voice Connector's audio needs: PCMU and telephone events. */
import { isIP, isIPv6 } from 'node:net';

/** What a peer says of its audio. */
export interface RemoteAudio {
  address: string;
  port: number;
  /** Where it takes RTCP (RFC 3605; else one port above). */
  rtcp: { address: string; port: number };
  /** Payload type of telephone events; undefined where the peer takes none. */
  eventPayloadType: number | undefined;
  /** Whether it wants to hear us, and whether it will send (RFC 8866 §6.7). */
  receives: boolean;
  sends: boolean;
}

/** What we say of ours. */
export interface LocalAudio {
  address: string;
  port: number;
  /** Numbers the versions of one session's descriptions. */
  sessionId: number;
  version: number;
}

export const PCMU = 0;
/** The payload type that a Voice Connector offers. */
export const EVENT_PAYLOAD_TYPE = 101;
const MAX_PORT = 65_535;
const MAX_PAYLOAD_TYPE = 127;

interface MediaSection {
  /** `audio`, `video`, … */
  readonly kind: string;
  readonly port: number;
  readonly profile: string;
  readonly formats: readonly string[];
  readonly lines: readonly string[];
}

const DIRECTIONS = {
  sendrecv: { sends: true, receives: true },
  sendonly: { sends: true, receives: false },
  recvonly: { sends: false, receives: true },
  inactive: { sends: false, receives: false },
} as const;

/** The audio that we can take part in: PCMU over plain RTP. Undefined when the description has none. */
export function readAudio(sdp: string): RemoteAudio | undefined {
  const { session, media } = sectionsOf(sdp);
  const audio = media[audioIndex(media)];
  if (audio === undefined) return undefined;
  const address = connectionAddress(audio.lines) ?? connectionAddress(session);
  // A name would be looked up for every packet; nobody writes one.
  if (address === undefined || isIP(address) === 0) return undefined;
  const direction = DIRECTIONS[directionOf(audio.lines) ?? directionOf(session) ?? 'sendrecv'];
  // RFC 2543's way to hold a call.
  const isHeld = address === '0.0.0.0';
  return {
    address,
    port: audio.port,
    rtcp: { address, port: rtcpPort(audio) },
    eventPayloadType: eventPayloadType(audio),
    sends: direction.sends,
    receives: direction.receives && !isHeld,
  };
}

/** Our offer, as a Voice Connector writes it. */
export function offerAudio(local: LocalAudio): string {
  return `${head(local)}${audioSection(local, EVENT_PAYLOAD_TYPE, 'sendrecv')}`;
}

/** Our answer to an offer that `readAudio` has read: its audio, and every other medium refused (RFC 3264 §6). */
export function answerAudio(offer: string, local: LocalAudio): string {
  const { media } = sectionsOf(offer);
  const taken = audioIndex(media);
  const remote = readAudio(offer);
  const sections = media.map((section, index) =>
    index === taken && remote !== undefined
      ? audioSection(local, remote.eventPayloadType, mirrored(remote))
      : `m=${section.kind} 0 ${section.profile} ${section.formats.join(' ')}\r\n`,
  );
  return head(local) + sections.join('');
}

function mirrored({ sends, receives }: RemoteAudio): keyof typeof DIRECTIONS {
  if (sends) return receives ? 'sendrecv' : 'recvonly';
  return receives ? 'sendonly' : 'inactive';
}

function head({ address, sessionId, version }: LocalAudio): string {
  const connection = `IN ${isIPv6(address) ? 'IP6' : 'IP4'} ${address}`;
  return `v=0\r\no=- ${sessionId} ${version} ${connection}\r\ns=-\r\nc=${connection}\r\nt=0 0\r\n`;
}

function audioSection({ port }: LocalAudio, eventType: number | undefined, direction: string): string {
  const events =
    eventType === undefined
      ? ''
      : `a=rtpmap:${eventType} telephone-event/8000\r\na=fmtp:${eventType} 0-15\r\n`;
  return (
    `m=audio ${port} RTP/AVP ${[PCMU, eventType].filter(type => type !== undefined).join(' ')}\r\n` +
    `a=rtpmap:${PCMU} PCMU/8000\r\n${events}a=ptime:20\r\na=rtcp:${port + 1}\r\na=${direction}\r\n`
  );
}

function sectionsOf(sdp: string): { session: string[]; media: MediaSection[] } {
  const [session = [], ...blocks] = sdp
    .split(/\r?\n(?=m=)/)
    .map(block => block.split(/\r?\n/).filter(line => line !== ''));
  const media = blocks.map(([first = '', ...lines]) => {
    const [kind = '', port = '', profile = '', ...formats] = first.slice('m='.length).split(' ');
    return { kind, port: Number.parseInt(port, 10) || 0, profile, formats, lines };
  });
  return { session, media };
}

function audioIndex(media: readonly MediaSection[]): number {
  return media.findIndex(
    ({ kind, port, profile, formats }) =>
      kind === 'audio' &&
      port > 0 &&
      port <= MAX_PORT &&
      profile === 'RTP/AVP' &&
      formats.includes(String(PCMU)),
  );
}

function connectionAddress(lines: readonly string[]): string | undefined {
  const line = lines.find(candidate => candidate.startsWith('c='));
  return line?.split(' ')[2]?.split('/')[0];
}

function directionOf(lines: readonly string[]): keyof typeof DIRECTIONS | undefined {
  return lines
    .map(line => line.slice('a='.length))
    .find((word): word is keyof typeof DIRECTIONS => Object.hasOwn(DIRECTIONS, word));
}

function eventPayloadType({ formats, lines }: MediaSection): number | undefined {
  for (const line of lines) {
    const [, type] = /^a=rtpmap:(\d+) telephone-event\/8000/i.exec(line) ?? [];
    if (type !== undefined && formats.includes(type) && Number(type) <= MAX_PAYLOAD_TYPE) return Number(type);
  }
  return undefined;
}

function rtcpPort({ port, lines }: MediaSection): number {
  const line = lines.find(candidate => candidate.startsWith('a=rtcp:'));
  const named = Number.parseInt(line?.slice('a=rtcp:'.length) ?? '', 10);
  return named > 0 && named <= MAX_PORT ? named : Math.min(port + 1, MAX_PORT);
}
