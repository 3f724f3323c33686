/** Those that are there at a time, in the order in which they came: a list of links, which keeps nothing of who has left (see `TransientMap`). */
export class Members<Value> implements Iterable<Value> {
  #first: Member<Value> | undefined;
  #last: Member<Value> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Gives what `remove` takes. */
  add(value: Value): Member<Value> {
    const member = new Member(value);
    member.previous = this.#last;
    if (this.#last === undefined) this.#first = member;
    else this.#last.next = member;
    this.#last = member;
    this.#size += 1;
    return member;
  }

  /** Harmless when repeated. */
  remove(member: Member<Value>): void {
    if (member.isOut) return;
    const { previous, next } = member;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    member.previous = undefined;
    member.next = undefined;
    member.isOut = true;
    this.#size -= 1;
  }

  /** Those that are there now, whoever comes or leaves meanwhile. */
  [Symbol.iterator](): IterableIterator<Value> {
    const values: Value[] = [];
    for (let member = this.#first; member !== undefined; member = member.next) values.push(member.value);
    return values.values();
  }
}

/** One of them. */
export class Member<Value> {
  readonly value: Value;
  previous: Member<Value> | undefined;
  next: Member<Value> | undefined;
  isOut = false;

  constructor(value: Value) {
    this.value = value;
  }
}
