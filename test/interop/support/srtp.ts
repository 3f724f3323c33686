import { createCipheriv, createHmac } from 'node:crypto';
import { type RtpPacket, writeRtp } from '../../../rtp/packet.ts';

const HEADER_BYTES = 12;
const TAG_BYTES = 10;
const SALT_BYTES = 14;

/** AES_CM_128_HMAC_SHA1_80 (RFC 3711, RFC 4568 §6.2.1), for packets whose numbers do not come round. */
export class Srtp {
  readonly #key: Buffer;
  readonly #salt: Buffer;
  readonly #authentication: Buffer;

  /** What stands after `inline:`. */
  constructor(inline: string) {
    const master = Buffer.from(inline, 'base64');
    const [key, salt] = [master.subarray(0, 16), master.subarray(16, 30)];
    const derive = (label: number, bytes: number) => {
      const iv = Buffer.concat([salt, Buffer.alloc(2)]);
      iv[7] = (iv[7] as number) ^ label;
      return counterMode(key, iv, Buffer.alloc(bytes));
    };
    this.#key = derive(0, 16);
    this.#authentication = derive(1, 20);
    this.#salt = derive(2, SALT_BYTES);
  }

  protect(packet: RtpPacket): Buffer {
    const bytes = writeRtp({ ...packet, payload: this.#crypt(packet, packet.payload) });
    return Buffer.concat([bytes, this.#tag(bytes)]);
  }

  /** Undefined when it is not authentic. */
  unprotect(packet: RtpPacket): RtpPacket | undefined {
    const bytes = writeRtp(packet);
    const body = bytes.subarray(0, -TAG_BYTES);
    if (!this.#tag(body).equals(bytes.subarray(-TAG_BYTES))) return undefined;
    return { ...packet, payload: this.#crypt(packet, body.subarray(HEADER_BYTES)) };
  }

  #crypt({ ssrc, sequence }: RtpPacket, payload: Uint8Array): Buffer {
    const iv = Buffer.concat([this.#salt, Buffer.alloc(2)]);
    iv.writeUInt32BE((iv.readUInt32BE(4) ^ ssrc) >>> 0, 4);
    iv.writeUInt16BE(iv.readUInt16BE(12) ^ sequence, 12);
    return counterMode(this.#key, iv, payload);
  }

  #tag(bytes: Buffer): Buffer {
    const rollOver = Buffer.alloc(4);
    return createHmac('sha1', this.#authentication)
      .update(bytes)
      .update(rollOver)
      .digest()
      .subarray(0, TAG_BYTES);
  }
}

function counterMode(key: Buffer, iv: Buffer, bytes: Uint8Array): Buffer {
  return createCipheriv('aes-128-ctr', key, iv).update(bytes);
}
