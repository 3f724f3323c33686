import type { Socket } from 'node:dgram';
import { afterEach, expect, it } from 'vitest';
import { RelaySide, type RelaySideSnapshot } from '../../../edge/media/relay-side.ts';
import { writeRtp } from '../../../rtp/packet.ts';
import { bindRtpPair } from '../../../rtp/ports.ts';

const HERE = '127.0.0.1';
const PORTS = { least: 41_000, most: 41_900 };
const PCMU = { payload: 0, kind: 'PCMU', fmtp: [] } as const;

const open: RelaySide[] = [];
afterEach(() => {
  for (const side of open.splice(0)) side.close();
});

/** A side that was written down with this, and what it is sent as if by the kernel. */
async function side(remote: Partial<RelaySideSnapshot['remote']>) {
  const sockets = await bindRtpPair(HERE, PORTS, Math.random);
  const { port } = sockets.rtp.address();
  const made = new RelaySide(
    {
      port,
      sessionId: 1,
      local: [[0, 'PCMU']],
      remote: {
        rtp: undefined,
        rtcp: undefined,
        formats: [PCMU],
        protocol: 'RTP/AVP',
        speaks: true,
        hears: true,
        refused: false,
        ...remote,
      },
    },
    { now: () => 0, mayReach: () => true },
  );
  made.attach(sockets);
  open.push(made);
  const comes = (socket: Socket, bytes: Uint8Array, fromPort: number) =>
    socket.emit('message', bytes, { address: HERE, port: fromPort });
  return { side: made, sockets, comes };
}

const packet = (sequence: number) => ({
  payloadType: 0,
  marker: false,
  sequence,
  timestamp: 160 * sequence,
  ssrc: 7,
  payload: Buffer.alloc(160, 1),
});
const passing = () => ({
  bytes: Buffer.from(writeRtp(packet(1))),
  packet: packet(1),
  kind: 'PCMU' as const,
});

it('sends nothing to a peer whose packets come from port 0, and throws nothing', async () => {
  const { side: made, sockets, comes } = await side({});
  for (const sequence of [1, 2, 3]) comes(sockets.rtp, writeRtp(packet(sequence)), 0);
  made.send(passing());
  expect(made.figures).toMatchObject({ packetsSent: 0 });
});

it('sends no RTCP to a port that an earlier version has written down unread', async () => {
  const { side: made } = await side({
    rtp: { address: HERE, port: 4_000 },
    rtcp: { address: HERE, port: 70_000 },
  });
  made.sendRtcp(Buffer.alloc(8));
  made.send(passing());
  expect(made.figures.packetsSent).toBe(1);
});
