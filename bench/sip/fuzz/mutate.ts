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

/** What is right in one place and wrong in most: a NUL, escaped or not, quotes that open or close, numbers beyond any range. */
const awkward = ['\\\0', '"\\\0"', '"\\\\\0"', '"', '\\', '\\"', '0', '-1', '4294967296', '9'.repeat(40)];

const insertAwkward: Mutation = (bytes, _other, dice) => {
  const at = dice.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(dice.pick(awkward)), bytes.subarray(at)]);
};

/** One of its numbers becomes another. */
const renumber: Mutation = (bytes, _other, dice) => {
  const text = bytes.toString('latin1');
  const numbers = [...text.matchAll(/\d+/g)];
  if (numbers.length === 0) return bytes;
  const { index, 0: number } = dice.pick(numbers);
  return Buffer.from(
    `${text.slice(0, index)}${dice.pick(awkward)}${text.slice(index + number.length)}`,
    'latin1',
  );
};

/** A quoted string says something else. */
const requote: Mutation = (bytes, _other, dice) =>
  Buffer.from(
    bytes
      .toString('latin1')
      .replace(/"[^"]*"|(?<==)[^;\r]+/g, said => (dice.chance(0.2) ? dice.pick(awkward) : said)),
    'latin1',
  );

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

const mutations: readonly Mutation[] = [
  replaceByte,
  replaceByte,
  insertByte,
  insertAwkward,
  renumber,
  requote,
  cut,
  double,
  splice,
];
