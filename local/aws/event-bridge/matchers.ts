import { BlockList, isIP } from 'node:net';

/** Shown one leaf of an event; `undefined` where the event has no such field. */
export type Matcher = (leaf: unknown) => boolean;

/**
 * The matcher that one alternative of a pattern stands for: a plain value, or an object with one operator.
 *
 * @throws {Error} with the reason why the service would refuse it
 */
export function matcherOf(alternative: unknown): Matcher {
  if (alternative === null || ['string', 'number', 'boolean'].includes(typeof alternative)) {
    return leaf => leaf === alternative;
  }
  const [operator, ...more] = Object.entries(alternative as object);
  if (operator === undefined || more.length > 0)
    throw new Error('an alternative is a value or an object with one operator');
  const [name, operand] = operator;
  const make = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (make === undefined) throw new Error(`unrecognized match type ${name}`);
  return make(operand);
}

/** Comparison operators of the user guide, each: operand → matcher. */
const OPERATORS: Record<string, (operand: unknown) => Matcher> = {
  prefix: operand => affix('prefix', operand, (leaf, affix) => leaf.startsWith(affix)),
  suffix: operand => affix('suffix', operand, (leaf, affix) => leaf.endsWith(affix)),
  'equals-ignore-case': operand => {
    const wanted = text('equals-ignore-case', operand).toLowerCase();
    return strings(leaf => leaf.toLowerCase() === wanted);
  },
  wildcard: operand => {
    const expression = wildcardExpression(text('wildcard', operand));
    return strings(leaf => expression.test(leaf));
  },
  exists: operand => {
    if (typeof operand !== 'boolean') throw new Error('exists needs true or false');
    return leaf => (leaf !== undefined) === operand;
  },
  numeric: operand => {
    const tests = comparisons(operand);
    return leaf => typeof leaf === 'number' && tests.every(test => test(leaf));
  },
  cidr: operand => {
    const inBlock = block(text('cidr', operand));
    return strings(inBlock);
  },
  'anything-but': operand => {
    const excluded = excludedBy(operand);
    return leaf => leaf !== undefined && !excluded.some(matches => matches(leaf));
  },
};

/** `prefix` and `suffix` take a string or `{"equals-ignore-case": string}`. */
function affix(name: string, operand: unknown, test: (leaf: string, affix: string) => boolean): Matcher {
  if (typeof operand === 'string') return strings(leaf => test(leaf, operand));
  const folded = (operand as Record<string, unknown> | null)?.['equals-ignore-case'];
  const wanted = text(name, folded).toLowerCase();
  return strings(leaf => test(leaf.toLowerCase(), wanted));
}

/** `anything-but` takes a value, a list of values, or one of four operators with one string or a list of them. */
function excludedBy(operand: unknown): Matcher[] {
  if (typeof operand !== 'object' || operand === null) return [matcherOf(operand)];
  if (Array.isArray(operand)) {
    if (operand.length === 0) throw new Error('anything-but needs at least one value');
    if (operand.some(value => typeof value === 'object'))
      throw new Error('anything-but lists strings or numbers');
    return operand.map(matcherOf);
  }
  return Object.entries(operand).flatMap(([name, values]) => {
    if (!['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(name)) {
      throw new Error(`anything-but does not take ${name}`);
    }
    return (Array.isArray(values) ? values : [values]).map(value => matcherOf({ [name]: value }));
  });
}

const COMPARISONS: Record<string, (leaf: number, limit: number) => boolean> = {
  '=': (leaf, limit) => leaf === limit,
  '<': (leaf, limit) => leaf < limit,
  '<=': (leaf, limit) => leaf <= limit,
  '>': (leaf, limit) => leaf > limit,
  '>=': (leaf, limit) => leaf >= limit,
};

/** `[">", 0, "<=", 5]` */
function comparisons(operand: unknown): ((leaf: number) => boolean)[] {
  if (!Array.isArray(operand) || ![2, 4].includes(operand.length)) {
    throw new Error('numeric needs one or two comparisons, as in [">", 0, "<=", 5]');
  }
  const tests: ((leaf: number) => boolean)[] = [];
  for (let i = 0; i < operand.length; i += 2) {
    const [symbol, limit] = operand.slice(i, i + 2);
    const compare = Object.hasOwn(COMPARISONS, symbol) ? COMPARISONS[symbol] : undefined;
    if (compare === undefined || typeof limit !== 'number')
      throw new Error(`numeric does not take ${symbol} ${limit}`);
    tests.push(leaf => compare(leaf, limit));
  }
  return tests;
}

function block(cidr: string): (address: string) => boolean {
  const [network = '', bits = ''] = cidr.split('/');
  const family = familyOf(network);
  const list = new BlockList();
  try {
    if (family === undefined || !/^\d+$/.test(bits)) throw new Error('not a block');
    list.addSubnet(network, Number(bits), family);
  } catch {
    throw new Error(`malformed CIDR ${cidr}`);
  }
  return address => familyOf(address) === family && list.check(address, family);
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  return ({ 4: 'ipv4', 6: 'ipv6' } as const)[isIP(address) as 4 | 6];
}

/** `*` stands for anything, also nothing; `\*` and `\\` are the characters themselves. */
function wildcardExpression(wildcard: string): RegExp {
  if (/\*\*/.test(wildcard)) throw new Error('consecutive wildcard characters');
  const source = wildcard.replace(/\\([*\\])|\*|[\\^$.*+?()[\]{}|/-]/g, (token, escaped?: string) => {
    if (escaped !== undefined) return `\\${escaped}`;
    return token === '*' ? '.*' : `\\${token}`;
  });
  return new RegExp(`^${source}$`, 's');
}

function strings(test: (leaf: string) => boolean): Matcher {
  return leaf => typeof leaf === 'string' && test(leaf);
}

function text(operator: string, operand: unknown): string {
  if (typeof operand !== 'string' || operand === '') throw new Error(`${operator} needs a string`);
  return operand;
}
