/** One that can be a member: it carries the links of its list, so that nothing else is made for it. In one list at a time. */
export class Member<Self> {
  previous: Self | undefined = undefined;
  next: Self | undefined = undefined;
  isIn = false;
}

/** Those that are there at a time, in the order in which they came. It keeps nothing of who has left (see `TransientMap`). */
export class Members<One extends Member<One>> implements Iterable<One> {
  first: One | undefined;
  #last: One | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @throws {RangeError} for one that is in a list already */
  add(one: One): void {
    if (one.isIn) throw new RangeError('A member can be in one list only, and once.');
    one.isIn = true;
    one.previous = this.#last;
    if (this.#last === undefined) this.first = one;
    else this.#last.next = one;
    this.#last = one;
    this.#size += 1;
  }

  /** Harmless for one that has left. */
  remove(one: One): void {
    if (!one.isIn) return;
    const { previous, next } = one;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    one.previous = undefined;
    one.next = undefined;
    one.isIn = false;
    this.#size -= 1;
  }

  /** Those that are there now, whoever comes or leaves meanwhile. */
  [Symbol.iterator](): IterableIterator<One> {
    const all: One[] = [];
    for (let one = this.first; one !== undefined; one = one.next) all.push(one);
    return all.values();
  }
}
