import type { Dice } from './dice.ts';

const interesting = Buffer.from('\r\n\t\0 ,;:<>"\\/=%@?&[](){}*aZ09\x7f\x80\xc3\xff', 'latin1');

/** Some changes to the bytes of a message: flipped, cut, doubled, swapped with another's. */
export function mutate(bytes: Buffer, other: Buffer, dice: Dice): Buffer {
  let mutant = bytes;
  for (let round = 1 + dice.below(4); round > 0; round -= 1)
    mutant = dice.pick(mutations)(mutant, other, dice);
  return mutant.subarray(0, 16_384);
}

type Mutation = (bytes: Buffer, other: Buffer, dice: Dice) => Buffer;

const replaceByte: Mutation = (bytes, _other, dice) => {
  const copy = Buffer.from(bytes);
  if (copy.length > 0)
    copy[dice.below(copy.length)] = dice.chance(0.7) ? dice.pick([...interesting]) : dice.below(256);
  return copy;
};

const insertByte: Mutation = (bytes, _other, dice) => {
  const at = dice.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), Buffer.of(dice.pick([...interesting])), bytes.subarray(at)]);
};

const cut: Mutation = (bytes, _other, dice) => {
  const at = dice.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + dice.below(20))]);
};

const double: Mutation = (bytes, _other, dice) => {
  const at = dice.below(bytes.length + 1);
  const piece = bytes.subarray(at, at + 1 + dice.below(60));
  return Buffer.concat([
    bytes.subarray(0, at),
    ...Array.from({ length: 2 + dice.below(8) }, () => piece),
    bytes.subarray(at + piece.length),
  ]);
};

const splice: Mutation = (bytes, other, dice) =>
  Buffer.concat([
    bytes.subarray(0, dice.below(bytes.length + 1)),
    other.subarray(dice.below(other.length + 1)),
  ]);

const mutations: readonly Mutation[] = [replaceByte, replaceByte, insertByte, cut, double, splice];
