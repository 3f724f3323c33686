import type { Dialled } from './branch.ts';

/** Early media of several that ring: that of the first is told, and when that comes to nothing, that of the next. */
export class EarlyMedia {
  readonly #tell: (sdp: string) => void;
  /** What each said last, in the order in which they began; the first is the one that is told. */
  readonly #heard = new Map<Dialled, string>();

  constructor(tell: (sdp: string) => void) {
    this.#tell = tell;
  }

  heard(from: Dialled, sdp: string): void {
    this.#heard.set(from, sdp);
    if (this.#first === from) this.#tell(sdp);
  }

  /** It rings no more. */
  ended(from: Dialled): void {
    const wasTold = this.#first === from;
    this.#heard.delete(from);
    const next = wasTold ? this.#first : undefined;
    if (next !== undefined) this.#tell(this.#heard.get(next) as string);
  }

  /** None of them rings any more. */
  clear(): void {
    this.#heard.clear();
  }

  get #first(): Dialled | undefined {
    const [first] = this.#heard.keys();
    return first;
  }
}
