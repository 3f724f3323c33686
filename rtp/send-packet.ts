import type { Socket } from 'node:dgram';

/** Sends a packet, and says whether it left. One that cannot is lost, as others are on their way: nothing is thrown. */
export function sendPacket(
  socket: Socket,
  bytes: Uint8Array,
  { address, port }: { readonly address: string; readonly port: number },
): boolean {
  try {
    socket.send(bytes, port, address, () => {});
    return true;
  } catch {
    // A datagram can come from port 0 (RFC 768), and Node does not send there; nor from a socket that is closed.
    return false;
  }
}
