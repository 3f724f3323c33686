import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { sendPacket } from '../../rtp/send-packet.ts';

const HERE = '127.0.0.1';
const open: Socket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});

async function bound(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, HERE);
  await once(socket, 'listening');
  open.push(socket);
  return socket;
}

test('a packet goes to where it is to go', async () => {
  const [from, to] = [await bound(), await bound()];
  expect(sendPacket(from, Buffer.from('RTP'), { address: HERE, port: to.address().port })).toBe(true);
  const [bytes] = await once(to, 'message');
  expect(`${bytes}`).toBe('RTP');
});

test.each([0, -1, 65_536, Number.NaN])('one for port %d is lost, and throws nothing', async port => {
  expect(sendPacket(await bound(), Buffer.from('RTP'), { address: HERE, port })).toBe(false);
});

test('so is one of a socket that is closed', async () => {
  const socket = await bound();
  open.pop();
  socket.close();
  expect(sendPacket(socket, Buffer.from('RTP'), { address: HERE, port: 9 })).toBe(false);
});
