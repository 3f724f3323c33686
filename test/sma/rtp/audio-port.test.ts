/** A port on loopback, its time virtual: who is believed to be the peer, and what the figures say of injected faults. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { writeRtp } from '../../../rtp/packet.ts';
import { bindRtp, bindRtpPair, NoPortError } from '../../../rtp/ports.ts';
import { ntpMiddle, parseReports, writeReport } from '../../../rtp/rtcp.ts';
import { AudioPort } from '../../../sma/rtp/audio-port.ts';
import { RtpSocket } from '../../../sma/rtp/rtp-socket.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { until } from '../support/sip-phone.ts';

const HOST = '127.0.0.1';
const RANGE = { least: 42_000, most: 42_999 };
const open: (() => void)[] = [];

afterEach(() => {
  for (const close of open.splice(0)) close();
});

async function peer(): Promise<{ socket: Socket; port: number; heard: Buffer[] }> {
  const socket = createSocket('udp4');
  socket.bind(0, HOST);
  await once(socket, 'listening');
  open.push(() => socket.close());
  const heard: Buffer[] = [];
  socket.on('message', bytes => heard.push(bytes));
  return { socket, port: socket.address().port, heard };
}

async function audioPort(clock = new VirtualClock()) {
  const pair = await bindRtpPair(HOST, RANGE, Math.random);
  const [socket, rtcp] = [
    new RtpSocket(pair.rtp, () => clock.now()),
    new RtpSocket(pair.rtcp, () => clock.now()),
  ];
  const digits: string[] = [];
  const port = new AudioPort({
    socket,
    rtcp,
    clock,
    random: Math.random,
    onDigit: digit => digits.push(digit),
  });
  open.push(() => port.close());
  return { clock, port, digits, sockets: pair };
}

const remote = (port: number, rtcpPort = port) => ({
  address: HOST,
  port,
  rtcp: { address: HOST, port: rtcpPort },
  eventPayloadType: 101,
  sends: true,
  receives: true,
});

const packet = (sequence: number, payloadType = 0) =>
  writeRtp({
    payloadType,
    marker: false,
    sequence,
    timestamp: sequence * 160,
    ssrc: 1,
    payload: new Uint8Array(160),
  });

describe('a port', () => {
  test('sends a packet every 20 ms to where its peer says it is, and none before it has said so', async () => {
    const { clock, port } = await audioPort();
    const { port: far, heard } = await peer();
    await clock.advance(100);
    port.connect(remote(far));
    await clock.advance(199);
    await until(() => heard.length === 10, 'ten packets');
    expect(port.measured.packetsOut).toBe(10);
  });

  test('catches up after it was held up, but not with more than is of use', async () => {
    const { clock, port } = await audioPort();
    const { port: far } = await peer();
    port.connect(remote(far));
    // A process that stood still for 30 s: one timer, late.
    const now = clock.now.bind(clock);
    clock.now = () => now() + 30_000;
    await clock.advance(20);
    expect(port.measured.packetsOut).toBe(11);
  });

  test('goes on when the machine’s time is set back', async () => {
    const { clock, port } = await audioPort();
    const { port: far } = await peer();
    port.connect(remote(far));
    const now = clock.now.bind(clock);
    clock.now = () => now() - 3_600_000;
    await clock.advance(100);
    expect(port.measured.packetsOut).toBe(6);
  });

  test('sends to where its peer really is, and believes nobody else while that one speaks', async () => {
    const { clock, port } = await audioPort();
    const [described, real, stranger] = [await peer(), await peer(), await peer()];
    port.connect(remote(described.port));
    real.socket.send(packet(1), port.port, HOST);
    await until(() => port.measured.packetsIn === 1, 'the packet');
    stranger.socket.send(packet(2), port.port, HOST);
    await clock.advance(20);
    await until(() => real.heard.length > 0, 'sound at the real place');
    expect(port.measured.packetsIn).toBe(1);

    await clock.advance(2_000);
    stranger.socket.send(packet(3), port.port, HOST);
    await until(() => port.measured.packetsIn === 2, 'the peer at its new place');
    await clock.advance(20);
    await until(() => stranger.heard.length > 0, 'sound at the new place');
  });

  test('goes on though its peer’s packets say that they come from port 0', async () => {
    const { clock, port, sockets } = await audioPort();
    port.connect(remote(9));
    sockets.rtp.emit('message', packet(1), { address: HOST, port: 0 });
    await clock.advance(100);
    // The first one left before it was heard.
    expect([port.measured.packetsIn, port.measured.packetsOut]).toEqual([1, 1]);
  });

  test('starts again with the described place when its peer describes another', async () => {
    const { clock, port } = await audioPort();
    const [former, next] = [await peer(), await peer()];
    port.connect(remote(former.port));
    former.socket.send(packet(1), port.port, HOST);
    await until(() => port.measured.packetsIn === 1, 'the packet');
    port.connect(remote(former.port));
    former.socket.send(packet(2), port.port, HOST);
    await until(() => port.measured.packetsIn === 2, 'the packet after the same description');
    port.connect(remote(next.port));
    await clock.advance(20);
    await until(() => next.heard.length > 0, 'sound at the next place');
  });

  test('passes over what is no RTP, and counts what it cannot hear', async () => {
    const { port, digits } = await audioPort();
    const { socket, port: far } = await peer();
    port.connect(remote(far));
    socket.send(Buffer.from('not RTP'), port.port, HOST);
    socket.send(packet(1, 13), port.port, HOST);
    await until(() => port.measured.packetsIn === 1, 'the packet');
    expect([port.measured.digitPacketsIn, digits]).toEqual([0, []]);
  });

  test('says nothing and is nothing any more once it is closed', async () => {
    const { clock, port } = await audioPort();
    const { port: far } = await peer();
    port.connect(remote(far));
    port.close();
    port.close();
    port.connect(remote(far));
    expect([clock.nextDueMs, port.playingMs]).toEqual([undefined, undefined]);
  });
});

describe('what is measured', () => {
  test('are the loss, the jitter and the keys that were put in, and a MOS that tells of them', async () => {
    const { clock, port } = await audioPort();
    const { socket, port: far } = await peer();
    port.connect(remote(far));
    let count = 0;
    for (let at = 0; at < 200; at++) {
      // 5 % never come; every other one comes 4 ms late.
      await clock.advance(at % 2 === 0 ? 16 : 24);
      if (at % 20 === 7) continue;
      socket.send(packet(at), port.port, HOST);
      count++;
      await until(() => port.measured.packetsIn === count, 'the packet');
    }
    const { measured } = port;
    expect(measured).toMatchObject({ packetsIn: 190, packetsLost: 10, packetsLate: 0, digitPacketsIn: 0 });
    expect(measured.jitterMaxMs).toBeGreaterThan(3);
    expect(measured.jitterMaxMs).toBeLessThanOrEqual(4);
    expect(measured.averagePacketMs).toBeCloseTo(20 / 0.95, 0);
    expect(measured.mos).toBeGreaterThan(3.7);
    expect(measured.mos).toBeLessThan(4);
  });
});

describe('reports (RFC 3550 §6.4)', () => {
  test('go to the peer every 5 s, and its own tell how long the way is', async () => {
    const { clock, port } = await audioPort();
    const [sound, reports] = [await peer(), await peer()];
    port.connect(remote(sound.port, reports.port));
    for (const sequence of [1, 2, 4]) sound.socket.send(packet(sequence), port.port, HOST);
    await until(() => port.measured.packetsIn === 3, 'the packets');
    await clock.advance(5_000);
    await until(() => reports.heard.length === 1, 'a report');
    const [first] = parseReports(reports.heard[0] as Buffer);
    expect(first?.blocks).toMatchObject([{ ssrc: 1, lost: 1, fractionLost: 64, highestSequence: 4 }]);
    expect(first?.ntpMiddle).toBe(ntpMiddle(clock.now()));
    expect(port.measured.roundTripMs).toBeUndefined();

    // The peer had it for 200 ms, and its answer is here 300 ms after it left: 100 ms are the way's.
    await clock.advance(300);
    const before = port.measured.mos;
    const answer = writeReport(
      1,
      { sentMs: clock.now(), timestamp: 0, packets: 4, octets: 640 },
      {
        ssrc: first?.ssrc ?? 0,
        fractionLost: 0,
        lost: 0,
        highestSequence: 0,
        jitter: 0,
        lastReport: first?.ntpMiddle ?? 0,
        sinceLastReport: 0.2 * 65_536,
      },
      'peer',
    );
    reports.socket.send(Buffer.from('no report'), port.port + 1, HOST);
    reports.socket.send(answer, port.port + 1, HOST);
    await until(() => port.measured.roundTripMs !== undefined, 'the round trip');
    expect(port.measured.roundTripMs).toBeCloseTo(100, 0);
    expect(port.measured.mos).toBeLessThan(before);

    await clock.advance(5_000);
    await until(() => reports.heard.length === 2, 'another report');
    const [second] = parseReports(reports.heard[1] as Buffer);
    expect(second?.blocks).toMatchObject([{ lost: 1, fractionLost: 0 }]);
    expect((second?.blocks[0]?.sinceLastReport ?? 0) / 65_536).toBeCloseTo(4.7, 1);
  });
});

describe('the range of ports', () => {
  test('gives even ports only, beginning anywhere, and says when it is full', async () => {
    const range = { least: 43_001, most: 43_006 };
    const sockets = [];
    for (let at = 0; at < 3; at++) sockets.push(await bindRtp(HOST, range, () => 0.5));
    for (const socket of sockets) open.push(() => socket.close());
    expect(sockets.map(socket => socket.address().port)).toEqual([43_004, 43_006, 43_002]);
    await expect(bindRtp(HOST, range, () => 0)).rejects.toThrow(NoPortError);
  });

  test('is no help where the address is not this machine’s', async () => {
    await expect(bindRtp('192.0.2.1', RANGE, () => 0)).rejects.toThrow('EADDRNOTAVAIL');
  });
});
