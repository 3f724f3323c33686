/** Session descriptions (RFC 4566) as far as codecs are concerned: everything else passes as it stands. */
import type { Codec } from '../core/sip-target.ts';
import { isSomePort } from '../sip/uri/host.ts';

/** A codec as SDP writes it: its static payload type (RFC 3551 §6), or none, and its rtpmap. */
const CODEC_FORMATS: Readonly<Record<Codec, { readonly payload?: number; readonly map: string }>> = {
  PCMU: { payload: 0, map: 'PCMU/8000' },
  PCMA: { payload: 8, map: 'PCMA/8000' },
  // RFC 3551 §4.5.2: the clock rate says 8000, though it samples at 16000.
  G722: { payload: 9, map: 'G722/8000' },
  G729: { payload: 18, map: 'G729/8000' },
  // RFC 7587 §7: always 48000/2.
  OPUS: { map: 'opus/48000/2' },
};

const STATIC_MAPS: ReadonlyMap<number | undefined, string> = new Map(
  Object.values(CODEC_FORMATS).map(({ payload, map }) => [payload, map]),
);

const TELEPHONE_EVENT = 'telephone-event/8000';
/** RFC 3551 §6: payload types that a description gives a meaning to. */
const FIRST_DYNAMIC = 96;
const LAST_DYNAMIC = 127;
/** What most peers use, so that it reads well. */
const USUAL_TELEPHONE_EVENT = 101;
const USUAL_OPUS = 111;

/** One payload type of a media section. */
export interface Format {
  readonly payload: number;
  /** `PCMU/8000`: encoding name, clock rate, channels. */
  readonly map: string;
  readonly fmtp: readonly string[];
}

/** The session's own lines, then one section for each `m=`. */
export interface Sdp {
  readonly session: readonly string[];
  readonly media: readonly MediaSection[];
}

export interface MediaSection {
  readonly kind: string;
  readonly port: string;
  readonly protocol: string;
  /** Of RTP. */
  readonly formats: readonly Format[];
  /** Of anything else, such as `t38`, as they stand. */
  readonly otherFormats?: readonly string[];
  /** All lines but `m=`, and those that belong to formats. */
  readonly lines: readonly string[];
}

/** It cannot be read, or has no audio that both sides could speak. */
export class SdpRefused extends Error {
  override readonly name = 'SdpRefused';
}

const OF_FORMATS = ['a=rtpmap:', 'a=fmtp:', 'a=rtcp-fb:'] as const;
const CR = 13;
const LF = 10;

/** @throws SdpRefused */
export function parseSdp(text: string): Sdp {
  const lines = linesOf(text);
  if (lines[0]?.startsWith('v=') !== true) throw new SdpRefused('It is no session description.');
  const media: MediaSection[] = [];
  let start = sectionAfter(lines, 0);
  const session = lines.slice(0, start);
  while (start < lines.length) {
    const end = sectionAfter(lines, start);
    media.push(readSection(lines, start, end));
    start = end;
  }
  return { session, media };
}

export function writeSdp({ session, media }: Sdp): string {
  const lines = [...session];
  for (const section of media) writeSection(section, lines);
  // The last line ends as well.
  lines.push('');
  return lines.join('\r\n');
}

/** What is offered to a target: these codecs in this order, and telephone-event if it was there; nothing else. */
export function offerCodecs(sdp: Sdp, codecs: readonly Codec[]): Sdp {
  return mapAudio(sdp, section => {
    const events = section.formats.filter(isTelephoneEvent);
    const formats: Format[] = [];
    const taken = [formats, events];
    for (const codec of codecs) formats.push(formatOf(codec, section, taken));
    return { ...section, formats: formats.concat(events) };
  });
}

/** What is left for a side that speaks PCMU and telephone-event only. @throws SdpRefused if that is nothing */
export function keepPcmu(sdp: Sdp): Sdp {
  return mapAudio(sdp, section => {
    if (section.port === '0') return section;
    const pcmu = section.formats.find(isPcmu);
    if (pcmu === undefined) throw new SdpRefused('There is no PCMU in it.');
    return { ...section, formats: [pcmu, ...section.formats.filter(isTelephoneEvent)] };
  });
}

/** An offer that asks for nothing to be sent anywhere (RFC 3725 §4.1): the other side is not known yet. */
export function blackHole(codecs: readonly Codec[], address: string, id: number): Sdp {
  const version = address.includes(':') ? 'IP6' : 'IP4';
  const nowhere = version === 'IP6' ? '::' : '0.0.0.0';
  const section: MediaSection = {
    kind: 'audio',
    port: '9',
    protocol: 'RTP/AVP',
    formats: [{ payload: USUAL_TELEPHONE_EVENT, map: TELEPHONE_EVENT, fmtp: ['0-15'] }],
    lines: [],
  };
  const session = [
    'v=0',
    `o=- ${id} 1 IN ${version} ${address}`,
    's=-',
    `c=IN ${version} ${nowhere}`,
    't=0 0',
  ];
  return offerCodecs({ session, media: [section] }, codecs);
}

/** An address of nowhere: RFC 2543's way to hold a call, and RFC 3725's to begin one. */
export const isUnspecified = (address: string | undefined): boolean =>
  address === '0.0.0.0' || address === '::';

/** Where a section's media is to go; 0 where there is to be none (RFC 3264 §6). @throws SdpRefused where that is no port */
export function portOf({ kind, port }: MediaSection): number {
  // RFC 4566 §5.14: a number of ports may follow.
  const [, digits] = /^(\d{1,5})(?:\/\d+)?$/.exec(port) ?? [];
  const number = Number(digits);
  if (number !== 0 && !isSomePort(number)) throw new SdpRefused(`"${port}" is no port for its ${kind}.`);
  return number;
}

/** Whether two descriptions ask for the same media, whatever their origin lines count. */
export function sameMedia(one: string, other: string): boolean {
  const media = (text: string) => text.replace(/^o=.*$/m, '').replace(/\r/g, '');
  return media(one) === media(other);
}

/** Only the first audio section is spoken. @throws SdpRefused when there is none */
export function audioOf({ media }: Sdp): MediaSection {
  const audio = media.find(({ kind }) => kind === 'audio');
  if (audio === undefined) throw new SdpRefused('There is no audio in it.');
  return audio;
}

/** The IP address, or the name, that a section's media is to be sent to. */
export function addressOf({ lines }: MediaSection, { session }: Sdp): string | undefined {
  const line = [...lines, ...session].find(each => each.startsWith('c=IN '));
  return line?.split(' ')[2]?.split('/')[0];
}

/** Others than the first audio section are refused by port 0 (RFC 3264 §6). */
function mapAudio(sdp: Sdp, change: (section: MediaSection) => MediaSection): Sdp {
  const audio = audioOf(sdp);
  return {
    session: sdp.session,
    media: sdp.media.map(section => (section === audio ? change(section) : { ...section, port: '0' })),
  };
}

/** Whether its media is encrypted (RFC 3711). */
export const isSecure = ({ protocol }: MediaSection): boolean => /SAVP/.test(protocol);

/** The codecs of its first audio section, as documents call them, in its own order. @throws SdpRefused */
export function codecsIn(sdp: Sdp): Codec[] {
  const audio = audioOf(sdp);
  const known = Object.entries(CODEC_FORMATS) as [Codec, (typeof CODEC_FORMATS)[Codec]][];
  return audio.formats.flatMap(
    ({ map }) => known.find(([, format]) => sameFormat(map, format.map))?.[0] ?? [],
  );
}

function formatOf(codec: Codec, section: MediaSection, taken: readonly Format[][]): Format {
  const { map, payload } = CODEC_FORMATS[codec];
  const known = section.formats.find(format => sameMap(format.map, map));
  return known ?? { payload: payload ?? freePayload(taken.flat()), map, fmtp: [] };
}

function freePayload(formats: readonly Format[]): number {
  const taken = new Set(formats.map(({ payload }) => payload));
  if (!taken.has(USUAL_OPUS)) return USUAL_OPUS;
  for (let payload = FIRST_DYNAMIC; payload <= LAST_DYNAMIC; payload++)
    if (!taken.has(payload)) return payload;
  throw new SdpRefused('It has no free payload type.');
}

/** They end in CRLF, and with some peers in CR or LF. */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== CR && code !== LF && at < text.length) continue;
    if (at > start) lines.push(text.slice(start, at));
    start = at + 1;
  }
  return lines;
}

/** Where the next section begins, or the description ends. */
function sectionAfter(lines: readonly string[], start: number): number {
  for (let at = start + 1; at < lines.length; at++) if (lines[at]?.startsWith('m=')) return at;
  return lines.length;
}

/** The section between these lines. */
function readSection(lines: readonly string[], start: number, end: number): MediaSection {
  const words = (lines[start] ?? '').slice('m='.length).split(' ');
  const [kind = '', port = '', protocol = ''] = words;
  const isRtp = protocol.includes('RTP/');
  const payloads = words.slice(3);
  const formats: ReadFormat[] = [];
  if (isRtp) for (const text of payloads) formats.push({ text, map: undefined, fmtp: [] });
  const others: string[] = [];
  for (let at = start + 1; at < end; at++) {
    const line = lines[at] as string;
    const attribute = attributeOfFormats(line);
    if (attribute === undefined) others.push(line);
    else for (const format of formats) hear(format, attribute, line);
  }
  const section = { kind, port, protocol, formats: formats.map(asFormat), lines: others };
  return isRtp ? section : { ...section, otherFormats: payloads };
}

/** A payload type as its section names it, and what the section's attributes have said of it so far. */
interface ReadFormat {
  readonly text: string;
  map: string | undefined;
  readonly fmtp: string[];
}

function asFormat({ text, map, fmtp }: ReadFormat): Format {
  const payload = Number(text);
  return { payload, map: map ?? STATIC_MAPS.get(payload) ?? '', fmtp };
}

function attributeOfFormats(line: string): (typeof OF_FORMATS)[number] | undefined {
  for (const attribute of OF_FORMATS) if (line.startsWith(attribute)) return attribute;
  return undefined;
}

function hear(format: ReadFormat, attribute: (typeof OF_FORMATS)[number], line: string): void {
  const value = attribute === 'a=rtcp-fb:' ? undefined : valueFor(format.text, line, attribute);
  if (value === undefined) return;
  if (attribute === 'a=fmtp:') format.fmtp.push(value);
  else format.map ??= value;
}

/** What a line with that attribute says of a payload type; undefined where it is about another. */
function valueFor(payload: string, line: string, attribute: string): string | undefined {
  const end = attribute.length + payload.length;
  return line[end] === ' ' && line.startsWith(payload, attribute.length) ? line.slice(end + 1) : undefined;
}

/** Adds the section's lines to these. */
function writeSection(
  { kind, port, protocol, formats, otherFormats, lines }: MediaSection,
  written: string[],
): void {
  let head = `m=${kind} ${port} ${protocol}`;
  for (const { payload } of formats) head += ` ${payload}`;
  for (const format of otherFormats ?? []) head += ` ${format}`;
  written.push(head);
  // RFC 4566 §5: i=, c=, b= and k= stand before the attributes.
  for (const line of lines) if (!line.startsWith('a=')) written.push(line);
  for (const { payload, map, fmtp } of formats) {
    if (map !== '') written.push(`a=rtpmap:${payload} ${map}`);
    for (const value of fmtp) written.push(`a=fmtp:${payload} ${value}`);
  }
  for (const line of lines) if (line.startsWith('a=')) written.push(line);
}

/** Whether two formats are one: a single channel need not be named (RFC 4566 §6). */
export const sameFormat = (one: string, other: string): boolean => sameMap(mono(one), mono(other));
const mono = (map: string) => map.replace(/(8000)\/1$/, '$1');
/** Encoding names are written in any case (RFC 4566 §6). */
const sameMap = (one: string, other: string) =>
  one === other || (one.length === other.length && one.toLowerCase() === other.toLowerCase());
const isTelephoneEvent = ({ map }: Format) => sameMap(map, TELEPHONE_EVENT);
const isPcmu = ({ map }: Format) => /^PCMU\/8000(?:\/1)?$/i.test(map);
