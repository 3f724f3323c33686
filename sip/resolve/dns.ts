import { promises as node } from 'node:dns';

/** An SRV record (RFC 2782). */
export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly name: string;
  readonly port: number;
}

/** A NAPTR record (RFC 3403 §4.1). */
export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly regexp: string;
  readonly replacement: string;
}

/** The look-ups that RFC 3263 needs. A name without such records gives an empty list, and a failure throws. */
export interface Dns {
  naptr(name: string): Promise<readonly NaptrRecord[]>;
  srv(name: string): Promise<readonly SrvRecord[]>;
  a(name: string): Promise<readonly string[]>;
  aaaa(name: string): Promise<readonly string[]>;
}

const NOTHING_THERE = new Set(['ENODATA', 'ENOTFOUND']);

async function orNone<Answer>(answer: Promise<Answer[]>): Promise<Answer[]> {
  try {
    return await answer;
  } catch (error) {
    if (NOTHING_THERE.has((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

/** The machine's resolver. Addresses go through the system's look-up, so that /etc/hosts counts. */
export const systemDns: Dns = {
  naptr: name => orNone(node.resolveNaptr(name)),
  srv: name => orNone(node.resolveSrv(name)),
  a: async name => (await orNone(node.lookup(name, { family: 4, all: true }))).map(found => found.address),
  aaaa: async name => (await orNone(node.lookup(name, { family: 6, all: true }))).map(found => found.address),
};
