/**
 * A map whose entries come and go. When a table of V8's own map is full of what was deleted, another takes its place; the
 * old one still holds all that stood in it then, and holds on to the next (for iterators that may be on their way). Once
 * one of them is in the old generation, every value that passes through the map is kept, and copied twice, until that is
 * collected: whole calls that are long over. Here a value stands in a slot, which is emptied when it goes.
 */
export class TransientMap<Key, Value> {
  readonly #slots = new Map<Key, Slot<Value>>();

  get size(): number {
    return this.#slots.size;
  }

  has(key: Key): boolean {
    return this.#slots.has(key);
  }

  get(key: Key): Value | undefined {
    return this.#slots.get(key)?.value;
  }

  set(key: Key, value: Value): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) this.#slots.set(key, new Slot(value));
    else slot.value = value;
  }

  /** Says whether it was there. */
  delete(key: Key): boolean {
    const slot = this.#slots.get(key);
    if (slot !== undefined) slot.value = undefined;
    return this.#slots.delete(key);
  }

  /** In the order in which their keys came. */
  *values(): IterableIterator<Value> {
    for (const { value } of this.#slots.values()) yield value as Value;
  }
}

class Slot<Value> {
  value: Value | undefined;

  constructor(value: Value) {
    this.value = value;
  }
}
