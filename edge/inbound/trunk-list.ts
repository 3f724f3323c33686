import type { InboundDirectory } from '../../aws/inbound-directory.ts';
import { type Trunk, trunksFrom } from '../../core/trunk.ts';
import type { Clock } from '../../sip/user-agent.ts';

/** A trunk that was there is believed for so long, and one that was not for so long: a new one works at once. */
const KNOWN_FOR_MS = 10_000;
const UNKNOWN_FOR_MS = 1_000;

/** The trunks that calls may come in over, as they were a moment ago. */
export class TrunkList {
  readonly #directory: Pick<InboundDirectory, 'trunks'>;
  readonly #clock: Clock;
  #trunks: readonly Trunk[] = [];
  #readAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(directory: Pick<InboundDirectory, 'trunks'>, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  /** Whether an address was a trunk's when the list was read last. */
  knows(address: string): boolean {
    return trunksFrom(address, this.#trunks).length > 0;
  }

  /** Those that a call from an address may have come over. */
  async at(address: string): Promise<Trunk[]> {
    const ageMs = this.#clock.now() - this.#readAtMs;
    if (ageMs >= (this.knows(address) ? KNOWN_FOR_MS : UNKNOWN_FOR_MS)) await this.#read();
    return trunksFrom(address, this.#trunks);
  }

  #read(): Promise<void> {
    this.#reading ??= this.#directory
      .trunks()
      .then(trunks => {
        this.#trunks = trunks;
        this.#readAtMs = this.#clock.now();
      })
      .finally(() => {
        this.#reading = undefined;
      });
    return this.#reading;
  }
}
