import { createSocket } from 'node:dgram';

/** Times of single calls from INVITE to 180, in milliseconds: SIPp's own clock is too coarse for them. */
export async function probe(port: number, uri: string, calls: number, everyMs: number): Promise<number[]> {
  const socket = createSocket('udp4');
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
  const { port: own } = socket.address();
  const began = new Map<string, number>();
  const times: number[] = [];
  const send = (text: string) => socket.send(text.replaceAll('\n', '\r\n'), port, '127.0.0.1');
  const head = (method: string, target: string, n: number, cseq: number, to: string, routes = '') =>
    `${method} ${target} SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1:${own};branch=z9hG4bKp${n}${method}\nMax-Forwards: 70\n${routes}From: <sip:probe@127.0.0.1:${own}>;tag=p${n}\n${to}\nCall-ID: probe-${own}-${n}\nCSeq: ${cseq} ${method}\nContact: <sip:probe@127.0.0.1:${own}>\n`;
  const sdp = 'v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 6000 RTP/AVP 0\n';

  socket.on('message', bytes => {
    const at = performance.now();
    const text = bytes.toString();
    const field = (name: string) => new RegExp(`^${name}:\\s*(.*)\\r$`, 'm').exec(text)?.[1] ?? '';
    const callId = field('Call-ID');
    const n = Number(callId.split('-').at(-1));
    const start = began.get(callId);
    if (text.startsWith('SIP/2.0 180') && start !== undefined) {
      began.delete(callId);
      times.push(at - start);
    } else if (text.startsWith('SIP/2.0 200') && field('CSeq').endsWith('INVITE')) {
      const target = /<([^>]*)>/.exec(field('Contact'))?.[1] ?? uri;
      const routes = [...text.matchAll(/^Record-Route:\s*(.*)\r$/gm)].map(([, route]) => `Route: ${route}\n`);
      const to = `To: ${field('To')}`;
      for (const [method, cseq] of [['ACK', 1] as const, ['BYE', 2] as const])
        send(`${head(method, target, n, cseq, to, routes.reverse().join(''))}Content-Length: 0\n\n`);
    }
  });
  for (let n = 0; n < calls; n++) {
    const target = uri.replace('[call_number]', `probe${own}${n}`);
    began.set(`probe-${own}-${n}`, performance.now());
    send(
      `${head('INVITE', target, n, 1, `To: <${target}>`)}Content-Type: application/sdp\nContent-Length: ${sdp.length + sdp.split('\n').length - 1}\n\n${sdp}`,
    );
    await new Promise(resolve => setTimeout(resolve, everyMs));
  }
  await new Promise(resolve => setTimeout(resolve, 200));
  socket.close();
  return times.toSorted((one, other) => one - other);
}
