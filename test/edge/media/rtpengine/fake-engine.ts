import { createSocket, type Socket } from 'node:dgram';
import { type Bencoded, type Decoded, decode, encode } from '../../../../edge/media/rtpengine/bencode.ts';

export type Dictionary = { [key: string]: Decoded };

/** Speaks the engine's side of the ng protocol; what it is asked is kept. */
export class FakeEngine {
  readonly asked: Dictionary[] = [];
  readonly cookies: string[] = [];
  /** What it answers; undefined is silence. */
  answer: (request: Dictionary) => Bencoded | undefined = () => ({ result: 'ok' });
  readonly port: number;
  readonly #socket: Socket;

  static open(): Promise<FakeEngine> {
    const socket = createSocket('udp4');
    return new Promise(resolve => socket.bind(0, '127.0.0.1', () => resolve(new FakeEngine(socket))));
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.port = socket.address().port;
    socket.on('message', (bytes, { port, address }) => {
      const space = bytes.indexOf(' ');
      const request = decode(bytes.subarray(space + 1)) as Dictionary;
      this.asked.push(request);
      this.cookies.push(bytes.toString('latin1', 0, space));
      const answer = this.answer(request);
      if (answer === undefined) return;
      socket.send(Buffer.concat([bytes.subarray(0, space + 1), encode(answer)]), port, address);
    });
  }

  close(): void {
    this.#socket.close();
  }
}
