/** An INVITE with 17 header fields and SDP, as a carrier's session border controller sends one. */
const head = [
  'INVITE sip:+4930901820@edge.dialplane.example:5060;transport=udp;user=phone SIP/2.0',
  'Via: SIP/2.0/UDP 198.51.100.20:5060;branch=z9hG4bK8f2c6e0b41d7;rport',
  'Record-Route: <sip:198.51.100.20;lr;ftag=gK0a3f21>',
  'Max-Forwards: 69',
  'From: "Alice Example" <sip:+4930123456@carrier.example;user=phone>;tag=gK0a3f21',
  'To: <sip:+4930901820@edge.dialplane.example;user=phone>',
  'Call-ID: 1283746234_99182736@198.51.100.20',
  'CSeq: 21839 INVITE',
  'Contact: <sip:+4930123456@198.51.100.20:5060;transport=udp>',
  'Allow: INVITE, ACK, CANCEL, BYE, REFER, OPTIONS, SUBSCRIBE, NOTIFY, PRACK, UPDATE',
  'Supported: timer, 100rel, replaces',
  'Session-Expires: 1800;refresher=uac',
  'Min-SE: 90',
  'P-Asserted-Identity: "Alice Example" <sip:+4930123456@carrier.example;user=phone>',
  'Privacy: none',
  'User-Agent: Carrier-SBC/9.2',
  'Content-Type: application/sdp',
];

const sdp = [
  'v=0',
  'o=SBC 8819 1 IN IP4 198.51.100.21',
  's=-',
  'c=IN IP4 198.51.100.21',
  't=0 0',
  'm=audio 23456 RTP/AVP 0 8 101',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-15',
  'a=ptime:20',
  '',
].join('\r\n');

export const headerFields = head.length;

/** The whole message: the start line and 17 header fields, Content-Length among them. */
export const invite = Buffer.from(`${head.join('\r\n')}\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`);
