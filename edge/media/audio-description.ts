import { isIP } from 'node:net';
import type { Codec } from '../../core/sip-target.ts';
import { isSomePort } from '../../sip/uri/host.ts';
import { directionFor, directionOf, hears, speaks } from '../direction.ts';
import { addressOf, audioOf, type Format, isUnspecified, portOf, type Sdp, SdpRefused } from '../sdp.ts';
import type { Place } from './latch.ts';
import { readRtcp } from './rtcp-attribute.ts';

/** What the relay itself understands. */
export const RELAYED = ['PCMU', 'PCMA'] as const satisfies readonly Codec[];
export type Relayed = (typeof RELAYED)[number];
export type Kind = Relayed | 'keys';

/** What one side says of its audio. */
export interface AudioDescription {
  /** Undefined where it names no IP address, or one of nowhere. */
  readonly rtp: Place | undefined;
  readonly rtcp: Place | undefined;
  /** Those that the relay understands, in the side's own order. */
  readonly formats: readonly KnownFormat[];
  readonly protocol: string;
  /** Whether it sends, and whether it wants to be sent to. */
  readonly speaks: boolean;
  readonly hears: boolean;
  /** Port 0: there is to be no audio. */
  readonly refused: boolean;
}

export interface KnownFormat {
  readonly payload: number;
  readonly kind: Kind;
  readonly fmtp: readonly string[];
}

const KINDS: readonly (readonly [Kind, RegExp])[] = [
  ['PCMU', /^PCMU\/8000(?:\/1)?$/i],
  ['PCMA', /^PCMA\/8000(?:\/1)?$/i],
  ['keys', /^telephone-event\/8000(?:\/1)?$/i],
];
const MAPS: Readonly<Record<Kind, string>> = {
  PCMU: 'PCMU/8000',
  PCMA: 'PCMA/8000',
  keys: 'telephone-event/8000',
};

/** What stays of the attributes when a description is told to the other side. */
const PASSED = /^a=(?:ptime|maxptime):/;

/** @throws SdpRefused when it has no audio over plain RTP, or at a port that is none */
export function readAudio(sdp: Sdp): AudioDescription {
  const section = audioOf(sdp);
  if (!/^RTP\/AVPF?$/.test(section.protocol))
    throw new SdpRefused(`Its audio goes over ${section.protocol}, which this relay cannot read.`);
  const address = addressOf(section, sdp);
  const direction = directionOf(sdp, sdp.media.indexOf(section));
  const port = portOf(section);
  const isHeld = isUnspecified(address);
  // A name would have to be looked up for every packet.
  const isPlace = address !== undefined && isIP(address) !== 0 && !isHeld && port > 0;
  const rtp = isPlace ? { address, port } : undefined;
  return {
    rtp,
    rtcp: rtp && rtcpOf(section.lines, rtp),
    formats: section.formats.flatMap(knownFormat),
    protocol: section.protocol,
    speaks: speaks(direction),
    hears: hears(direction) && !isHeld,
    refused: port === 0,
  };
}

/** What a description tells of the relay itself. */
export interface OwnAudio {
  readonly address: string;
  readonly port: number;
  readonly sessionId: number;
  readonly protocol: string;
  readonly formats: readonly KnownFormat[];
}

/** The description in the relay's own name, with the sections, the direction and the packet times of the other side's. */
export function retold(sdp: Sdp, heard: AudioDescription, own: OwnAudio): Sdp {
  const audio = audioOf(sdp);
  const family = isIP(own.address) === 6 ? 'IP6' : 'IP4';
  return {
    session: [
      'v=0',
      `o=- ${own.sessionId} 1 IN ${family} ${own.address}`,
      's=-',
      `c=IN ${family} ${own.address}`,
      't=0 0',
    ],
    media: sdp.media.map(section =>
      section === audio
        ? {
            kind: 'audio',
            port: heard.refused ? '0' : String(own.port),
            protocol: own.protocol,
            formats: own.formats.map(({ payload, kind, fmtp }) => ({ payload, map: MAPS[kind], fmtp })),
            lines: [
              ...section.lines.filter(line => PASSED.test(line)),
              `a=${directionFor(heard.speaks, heard.hears)}`,
            ],
          }
        : { ...section, port: '0', lines: [] },
    ),
  };
}

/** A description that wants everything of a side that nobody has heard of yet. */
export function blankAudio(): Sdp {
  return {
    session: [],
    media: [
      {
        kind: 'audio',
        port: '9',
        protocol: 'RTP/AVP',
        formats: [
          { payload: 0, map: MAPS.PCMU, fmtp: [] },
          { payload: 101, map: MAPS.keys, fmtp: ['0-15'] },
        ],
        lines: ['a=ptime:20'],
      },
    ],
  };
}

/** RFC 3551 §6. */
const PAYLOADS: Readonly<Record<Relayed, number>> = { PCMU: 0, PCMA: 8 };

export function formatOf(kind: Relayed): KnownFormat {
  return { payload: PAYLOADS[kind], kind, fmtp: [] };
}

function knownFormat({ payload, map, fmtp }: Format): KnownFormat[] {
  const [kind] = KINDS.find(([, pattern]) => pattern.test(map)) ?? [];
  return kind === undefined ? [] : [{ payload, kind, fmtp }];
}

/** Where it says so; else at the port above, if there is one (RFC 3550 §11). */
function rtcpOf(lines: readonly string[], rtp: Place): Place | undefined {
  for (const line of lines) {
    const named = readRtcp(line);
    if (named) return { address: rtp.address, ...named };
  }
  const port = rtp.port + 1;
  return isSomePort(port) ? { address: rtp.address, port } : undefined;
}
