import { PACKET_SAMPLES, SILENCE } from '../../rtp/g711.ts';

/** Sounds that are to be heard one after another, without a gap, in packets. */
export class Playlist {
  static readonly silence: Uint8Array = new Uint8Array(PACKET_SAMPLES).fill(SILENCE);
  #sounds: Uint8Array[] = [];
  #at = 0;

  add(sound: Uint8Array): void {
    this.#sounds.push(sound);
  }

  clear(): void {
    this.#sounds = [];
    this.#at = 0;
  }

  /** Packets that are left. */
  get packets(): number {
    const samples = this.#sounds.reduce((sum, { length }) => sum + length, 0) - this.#at;
    return Math.ceil(samples / PACKET_SAMPLES);
  }

  /** The next 20 ms, the last of them filled up with silence; undefined when nothing is left. */
  next(): Uint8Array | undefined {
    const packet = new Uint8Array(PACKET_SAMPLES).fill(SILENCE);
    let filled = 0;
    while (filled < PACKET_SAMPLES) {
      const [sound] = this.#sounds;
      if (sound === undefined) break;
      const part = sound.subarray(this.#at, this.#at + PACKET_SAMPLES - filled);
      packet.set(part, filled);
      filled += part.length;
      this.#at += part.length;
      if (this.#at < sound.length) continue;
      this.#sounds.shift();
      this.#at = 0;
    }
    return filled === 0 ? undefined : packet;
  }
}
