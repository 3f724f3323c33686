/** SIPp's two sides. They keep Record-Route, which its built-in scenarios ignore. */
const SDP = `v=0
o=bench 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 6000 RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
`;

const send = (text: string, attributes = '', body = '') =>
  `<send ${attributes}><![CDATA[\n${text}\nContent-Length: ${body === '' ? '0' : '[len]'}\n\n${body}\n]]></send>`;

/** A caller: rings, is answered, holds the call for `holdMs` and hangs up. */
export function caller(requestUri: string, holdMs: number): string {
  const from = 'From: <sip:bench@[local_ip]:[local_port]>;tag=[pid]c[call_number]';
  const common = (cseq: string) =>
    `Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]\nMax-Forwards: 70\n[routes]\n${from}\nCall-ID: [call_id]\nCSeq: ${cseq}`;
  const contact = 'Contact: <sip:bench@[local_ip]:[local_port]>';
  const to = `To: <${requestUri}>`;
  return `<?xml version="1.0"?><scenario name="caller">
${send(`INVITE ${requestUri} SIP/2.0\n${common('1 INVITE').replace('[routes]\n', '')}\n${to}\n${contact}\nContent-Type: application/sdp`, 'retrans="500"', SDP)}
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="200" rrs="true" timeout="8000"/>
${send(`ACK [next_url] SIP/2.0\n${common('1 ACK')}\n${to}[peer_tag_param]\n${contact}`)}
<pause milliseconds="${holdMs}"/>
${send(`BYE [next_url] SIP/2.0\n${common('2 BYE')}\n${to}[peer_tag_param]`, 'retrans="500"')}
<recv response="200" timeout="8000"/>
</scenario>`;
}

/** A callee: rings and answers at once. */
export const callee = `<?xml version="1.0"?><scenario name="callee">
<recv request="INVITE" rrs="true" crlf="true"/>
${[
  ['180 Ringing', '', ''],
  ['200 OK', '\nContent-Type: application/sdp', SDP],
]
  .map(([status, more, body]) =>
    send(
      `SIP/2.0 ${status}\n[last_Via:]\n[last_From:]\n[last_To:];tag=[pid]u[call_number]\n[last_Call-ID:]\n[last_CSeq:]\n[last_Record-Route:]\nContact: <sip:bench@[local_ip]:[local_port]>${more}`,
      body === '' ? '' : 'retrans="500"',
      body,
    ),
  )
  .join('\n')}
<recv request="ACK"/>
<recv request="BYE"/>
${send('SIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]')}
</scenario>`;
