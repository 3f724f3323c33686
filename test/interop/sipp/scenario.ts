/** Steps of a SIPp scenario. `{T}` stands for the transport, as Via writes it, `{port}` for that of SIPp's Contact. */
export type Step = string;

const sdpLines = [
  'v=0',
  'o=sipp 53655765 2353687637 IN IP4 127.0.0.1',
  's=-',
  'c=IN IP4 127.0.0.1',
  't=0 0',
  'm=audio 6000 RTP/AVP 0',
  'a=rtpmap:0 PCMU/8000',
];

/** A message of these lines, with SDP where there is a Content-Type. */
export function send(lines: readonly string[], options = ''): Step {
  const body = lines.some(line => line.startsWith('Content-Type')) ? sdpLines : [];
  const text = [...lines, `Content-Length: ${body.length > 0 ? '[len]' : '0'}`, '', ...body].join('\n');
  return `<send ${options}><![CDATA[\n${text}\n\n]]></send>`;
}

interface Receive {
  /** What may come but need not. */
  readonly optional?: boolean;
  /** Headers to keep under names: `{ from: 'From:' }` makes `[$from]`. */
  readonly keep?: Readonly<Record<string, string>>;
  /** A pattern that some part of the message must match. */
  readonly must?: string;
  /** Further attributes. */
  readonly with?: string;
}

function receive(what: string, { optional, keep = {}, must, with: more = '' }: Receive): Step {
  const kept = Object.entries(keep).map(
    ([name, header]) => `<ereg regexp=".*" search_in="hdr" header="${header}" assign_to="${name}"/>`,
  );
  const checks =
    must === undefined
      ? []
      : [`<ereg regexp="${must}" search_in="msg" check_it="true" assign_to="checked"/>`];
  const actions = [...kept, ...checks];
  const action = actions.length > 0 ? `<action>${actions.join('')}</action>` : '';
  return `<recv ${what} ${optional ? 'optional="true"' : ''} timeout="8000" ${more}>${action}</recv>`;
}

export const request = (method: string, options: Receive = {}): Step =>
  receive(`request="${method}"`, options);
export const response = (status: number, options: Receive = {}): Step =>
  receive(`response="${status}"`, options);
export const pause = (milliseconds: number): Step => `<pause milliseconds="${milliseconds}"/>`;

/** The whole scenario as SIPp reads it. */
export function scenario(steps: readonly Step[], transport: string, contactPort: number): string {
  const text = steps
    .join('\n')
    .replaceAll('{T}', transport)
    .replaceAll('{t}', transport.toLowerCase())
    .replaceAll('{port}', String(contactPort));
  const names = [...new Set([...text.matchAll(/assign_to="(\w+)"/g)].map(([, name]) => name))];
  const reference = names.length > 0 ? `<Reference variables="${names.join(',')}"/>` : '';
  return `<?xml version="1.0"?>\n<scenario name="interop">\n${text}\n${reference}\n</scenario>\n`;
}
