/** Randomness comes from outside, so that any flow can be replayed. */
export interface Random {
  bytes(count: number): Uint8Array;
}

export const systemRandom: Random = {
  bytes: count => globalThis.crypto.getRandomValues(new Uint8Array(count)),
};
